import assert from 'node:assert/strict';
import { runInBlender } from './support/library.ts';
import type { Case, Outcome, Run } from './support/library.ts';

const params = { name: 'Figure', writer: 'own' };
/** Python: changes the annotation by `change`, which sees it as `a`. */
const annotated = (change: string): string =>
  `a = json.loads(armature["avatar_forge_vrm"]); ${change}; armature["avatar_forge_vrm"] = json.dumps(a)`;
const another =
  'bpy.context.scene.collection.objects.link(bpy.data.objects.new("Other", bpy.data.armatures.new("O")))';

interface Failure extends Partial<Case> {
  readonly what: string;
  readonly code: string;
  readonly says: RegExp;
}

const FAILURES: readonly Failure[] = [
  {
    what: 'no armature',
    edit: 'bpy.data.objects.remove(armature)',
    code: 'no-armature',
    says: /avatar_scaffold/,
  },
  {
    what: 'several armatures, none annotated',
    edit: `del armature["avatar_forge_vrm"]; ${another}`,
    code: 'several-armatures',
    says: /Rig.*Other|Other.*Rig/,
  },
  {
    what: 'an armature that is not there',
    params: { ...params, armature: 'Rug' },
    code: 'armature-not-found',
    says: /There is: Rig/,
  },
  {
    what: 'every mesh hidden',
    edit: 'for o in bpy.data.objects: o.hide_viewport = o.type == "MESH"',
    code: 'no-meshes',
    says: /hidden: .*Body/,
  },
  {
    what: 'a required bone not assigned',
    edit: annotated('del a["humanoid"]["leftHand"]; armature.data.bones["hand.L"].name = "hond.L"'),
    code: 'missing-bones',
    says: /leftHand \(not assigned; nearest: 'hond\.L'/,
  },
  {
    what: 'a bone assigned that the armature lacks',
    edit: annotated('a["humanoid"]["head"] = "hed"'),
    code: 'missing-bones',
    says: /head \(assigned to 'hed'.*nearest: 'head'/,
  },
  {
    what: 'a bone assigned twice',
    edit: annotated('a["humanoid"]["leftHand"] = "hand.R"'),
    code: 'humanoid-duplicate-bone',
    says: /leftHand and rightHand/,
  },
  {
    what: 'arms and legs mixed up',
    edit: annotated('h = a["humanoid"]; h["leftFoot"], h["leftHand"] = h["leftHand"], h["leftFoot"]'),
    code: 'humanoid-order',
    says: /must be below/,
  },
  {
    what: 'upperChest without chest',
    edit: annotated('a["humanoid"]["upperChest"] = "root"'),
    code: 'humanoid-order',
    says: /chest is not/,
  },
  {
    what: 'no such humanoid bone',
    edit: annotated('a["humanoid"]["tail"] = "root"'),
    code: 'humanoid-unknown-bone',
    says: /named tail/,
  },
  {
    what: 'an expression of a missing mesh',
    edit: annotated('a["expressions"]["aa"]["morphs"][0]["mesh"] = "Fase"'),
    code: 'mesh-not-found',
    says: /'aa'.*'Fase'.*Face/,
  },
  {
    what: 'an expression of a missing key',
    edit: annotated('a["expressions"]["aa"]["morphs"][0]["key"] = "aaa"'),
    code: 'shape-key-not-found',
    says: /'aaa'.*It has: aa, ih/,
  },
  {
    what: 'an expression of a missing material',
    edit: annotated('a["expressions"]["blush"]["colors"][0]["material"] = "Skim"'),
    code: 'material-not-found',
    says: /'Skim'.*Skin/,
  },
  {
    what: 'a weight over 1',
    edit: annotated('a["expressions"]["aa"]["morphs"][0]["weight"] = 100'),
    code: 'bad-annotation',
    says: /expressions\.aa\.morphs\[0\].*0 to 1 in weight/,
  },
  {
    what: 'a custom expression named like a preset',
    edit: annotated('a["expressions"]["Happy"] = {}'),
    code: 'bad-annotation',
    says: /preset 'happy'/,
  },
  {
    what: 'an annotation that is not JSON',
    edit: 'armature["avatar_forge_vrm"] = "{"',
    code: 'bad-annotation',
    says: /not JSON/,
  },
  {
    what: 'a misspelt member',
    edit: annotated('a["spring"] = []'),
    code: 'bad-annotation',
    says: /no member spring/,
  },
  {
    what: 'a spring over two branches',
    edit: annotated('a["springs"][0]["joints"].append({"bone": "eye.L"})'),
    code: 'spring-not-a-chain',
    says: /'eye\.L'|'hair\.1'/,
  },
  {
    what: 'a bone in two springs',
    edit: annotated('a["springs"].append({"name": "Twin", "joints": [{"bone": "hair.2"}]})'),
    code: 'spring-shared-bone',
    says: /'Hair' and 'Twin'/,
  },
  {
    what: 'a spring of a missing bone',
    edit: annotated('a["springs"][0]["joints"][0]["bone"] = "hair.9"'),
    code: 'bone-not-found',
    says: /'hair\.9'/,
  },
  {
    what: 'a collider group that is not there',
    edit: annotated('a["springs"][0]["colliderGroups"] = ["Hand"]'),
    code: 'collider-group-not-found',
    says: /Groups: Head/,
  },
  {
    what: 'a spring’s centre beside the chain',
    edit: annotated('a["springs"][0]["center"] = "hand.L"'),
    code: 'spring-center',
    says: /'hand\.L'/,
  },
  {
    what: 'no authors',
    edit: annotated('a["meta"] = {}'),
    code: 'bad-meta',
    says: /authors/,
  },
  {
    what: 'a licence that VRM 1.0 does not allow',
    params: { ...params, meta: { licenseUrl: 'https://example.org' } },
    code: 'bad-meta',
    says: /otherLicenseUrl/,
  },
  {
    what: 'an MToon texture of a missing image',
    edit: 'bpy.data.images.remove(bpy.data.images["Shade"])',
    code: 'image-not-found',
    says: /shadeMultiplyTexture.*'Shade'/,
  },
  {
    what: 'an MToon member that there is not',
    edit: 'bpy.data.materials["Skin"]["avatar_forge_mtoon"] = json.dumps({"shadeColour": [0, 0, 0]})',
    code: 'bad-annotation',
    says: /material 'Skin'.*shadeColour/,
  },
  {
    what: 'VRM 0.x without the VRM add-on',
    params: { name: 'Figure', version: '0.x' },
    code: 'vrm0-needs-addon',
    says: /1\.0/,
  },
  {
    what: 'the VRM add-on asked for where it is not',
    params: { ...params, writer: 'addon' },
    code: 'vrm-addon-missing',
    says: /auto/,
  },
  ...['../x', '.hidden', 'a/b', '', 'x'.repeat(250)].map((name) => ({
    what: `the name ${JSON.stringify(name.slice(0, 10))}`,
    params: { ...params, name },
    code: 'bad-name',
    says: /letters/,
  })),
];

describe('vrm_export: what is wrong is said', function () {
  this.timeout(200_000);
  let run: Run;

  before(async () => {
    const good = { command: 'vrm_export', params };
    run = await runInBlender([good, ...FAILURES.map((failure) => ({ ...good, ...pick(failure) }))]);
  });
  after(async () => {
    await run.remove();
  });

  const outcomeOf = (failure: Failure): Outcome => {
    const outcome = run.outcomes[1 + FAILURES.indexOf(failure)];
    assert.ok(outcome !== undefined);
    return outcome;
  };

  for (const failure of FAILURES) {
    it(`${failure.what}: ${failure.code}`, () => {
      const { error, untouched } = outcomeOf(failure);
      assert.equal(error?.code, failure.code, error?.message);
      assert.match(error.message, failure.says);
      assert.ok(untouched, 'the scene is not as it was');
    });
  }

  it('leaves the export before in place, and no partial file', async () => {
    assert.equal(run.outcomes[0]?.error, undefined);
    const { readdir } = await import('node:fs/promises');
    assert.deepEqual(await readdir(`${run.folder}/exports`), ['Figure.vrm']);
  });
});

function pick({ edit, params: given }: Failure): Partial<Case> {
  return { ...(edit === undefined ? {} : { edit }), ...(given === undefined ? {} : { params: given }) };
}
