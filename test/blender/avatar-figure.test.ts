import assert from 'node:assert/strict';
import { checkVrm } from '../../src/core/vrm/check.ts';
import { PROFILES } from '../../src/core/vrm/profile.ts';
import { makeFigures, type Figure, type Figures, type Mesh } from './support/avatar.ts';
import { khronosIssues } from './support/khronos.ts';

const visemes = ['aa', 'ih', 'ou', 'ee', 'oh'] as const;
const emotions = ['happy', 'angry', 'sad', 'relaxed', 'surprised'] as const;
const presets = [
  ...emotions,
  ...visemes,
  'blink',
  'blinkLeft',
  'blinkRight',
  'lookUp',
  'lookDown',
  'lookLeft',
  'lookRight',
  'neutral',
] as const;
const clothes = ['Shirt', 'Shorts', 'Vest', 'Cravat', 'Skirt', 'Stockings', 'Boots', 'Gloves'] as const;
const fingers = ['Thumb', 'Index', 'Middle', 'Ring', 'Little'] as const;

/** VRM bone → its parent in VRM's order, as the humanoid clause has it, eyes and fingers included. */
const humanoid = new Map<string, string | null>([
  ['hips', null],
  ['spine', 'hips'],
  ['chest', 'spine'],
  ['upperChest', 'chest'],
  ['neck', 'upperChest'],
  ['head', 'neck'],
]);
for (const side of ['left', 'right']) {
  humanoid.set(`${side}Eye`, 'head');
  for (const chain of [
    ['upperChest', 'Shoulder', 'UpperArm', 'LowerArm', 'Hand'],
    ['hips', 'UpperLeg', 'LowerLeg', 'Foot', 'Toes'],
  ]) {
    const names = chain.map((name, i) => (i === 0 ? name : side + name));
    names.slice(1).forEach((name, i) => humanoid.set(name, names[i] ?? null));
  }
  for (const finger of fingers) {
    const parts =
      finger === 'Thumb' ? ['Metacarpal', 'Proximal', 'Distal'] : ['Proximal', 'Intermediate', 'Distal'];
    parts.forEach((part, i) => {
      humanoid.set(side + finger + part, i === 0 ? `${side}Hand` : `${side}${finger}${parts[i - 1] ?? ''}`);
    });
  }
}

describe('avatar_scaffold: the figure', function () {
  this.timeout(200_000);
  let figures: Figures;
  let figure: Figure;
  const mesh = (name: string, of: Figure = figure): Mesh => {
    const found = of.meshes[name];
    assert.ok(found, `no mesh ${name}`);
    return found;
  };

  before(async () => {
    figures = await makeFigures([{ params: { name: 'Aria' }, export: 'Aria' }, { params: { name: 'Aria' } }]);
    figure = figures.made(0);
  });
  after(() => figures.remove());

  it('keeps its budgets: triangles, meshes, materials, bones, textures, time', () => {
    const { result } = figure;
    assert.deepEqual(result.meshes, ['Face', 'Body', 'Hair', ...clothes, 'Armor', 'Belt']);
    assert.deepEqual(result.materials, ['Skin', 'Features', 'Hair', 'Outfit', 'Armor']);
    const triangles = Object.values(figure.meshes).reduce((sum, one) => sum + one.triangles, 0);
    assert.equal(result.triangles, triangles);
    assert.ok(triangles <= 30_000 && triangles > 20_000, String(triangles));
    assert.equal(result.bones, Object.keys(figure.bones).length);
    assert.ok(result.bones <= 150, String(result.bones));
    for (const [name, image] of Object.entries(figure.images)) {
      assert.ok(image.packed && image.size <= 1024, name);
    }
    assert.ok(figure.seconds < 5, `${String(figure.seconds)} s`); // 2 s alone; four Blenders share two cores in a full run
  });

  it('has sound geometry: finite, no loose vertex, no face without area, UVs inside of the textures', () => {
    for (const [name, one] of Object.entries(figure.meshes)) {
      assert.deepEqual(
        [one.finite, one.loose, one.degenerate, one.invalid],
        [true, 0, 0, false],
        `${name}: finite, loose, degenerate, invalid`,
      );
      assert.ok(one.uv[0] >= 0 && one.uv[1] <= 1, name);
    }
  });

  it('gives every vertex one to four weights that add up to one', () => {
    for (const [name, one] of Object.entries(figure.meshes)) {
      assert.ok(one.influences[0] >= 1 && one.influences[1] <= 4, name);
      assert.ok(one.weight_error < 1e-4, `${name}: ${String(one.weight_error)}`);
      for (const group of one.groups) assert.ok(group in figure.bones, `${name}: ${group} is no bone`);
    }
  });

  it('leaves thighs, knees and boots to the legs', () => {
    for (const [name, one] of Object.entries(figure.meshes)) {
      assert.ok(
        (one.trunk_from ?? 1) > 0.6,
        `${name}: the hips hold a vertex at ${String(one.trunk_from)} m`,
      );
    }
  });

  it('is the same left and right but for the hair', () => {
    for (const name of ['Body', ...clothes, 'Armor', 'Belt']) assert.equal(mesh(name).asymmetric, 0, name);
    assert.ok(mesh('Face').asymmetric < 0.01, String(mesh('Face').asymmetric));
  });

  it('has all humanoid bones but the jaw, in VRM’s order', () => {
    const bones = figure.annotation.humanoid;
    assert.deepEqual(Object.keys(bones).sort(), [...humanoid.keys()].sort());
    for (const [name, parent] of humanoid) {
      const own = figure.bones[bones[name] ?? ''];
      assert.equal(own?.parent, parent === null ? null : bones[parent], name);
    }
  });

  it('stands in a T-pose, feet on the floor, facing −Y, in metres', () => {
    const low = Math.min(...Object.values(figure.meshes).map((one) => one.low[2] ?? NaN));
    assert.ok(Math.abs(low) < 0.001, String(low));
    const top = mesh('Hair').high[2];
    assert.ok(top > 1.48 && top < 1.62, String(top));
    for (const side of ['L', 'R']) {
      for (const name of ['upperArm', 'lowerArm']) {
        const bone = figure.bones[`${name}.${side}`];
        assert.ok(Math.abs((bone?.head[2] ?? NaN) - (bone?.tail[2] ?? NaN)) < 0.002, name);
        assert.ok((bone?.z[2] ?? 0) > 0.99, `${name}.${side} turns its Z up`);
      }
      const foot = figure.bones[`toes.${side}`];
      assert.ok((foot?.tail[1] ?? NaN) < (foot?.head[1] ?? NaN), 'toes point forwards');
    }
    assert.ok((figure.bones['upperArm.L']?.tail[0] ?? NaN) > 0, 'its left is +X');
  });

  it('binds all 18 presets, and each but neutral moves the face visibly', () => {
    const { expressions } = figure.annotation;
    assert.deepEqual(Object.keys(expressions), [...presets]);
    assert.deepEqual(figure.result.expressions, [...presets]);
    const { keys } = mesh('Face');
    for (const [name, { morphs }] of Object.entries(expressions)) {
      assert.equal(morphs.length > 0, name !== 'neutral', name);
      for (const { mesh: owner, key, weight } of morphs) {
        assert.equal(owner, 'Face');
        assert.equal(weight, 1);
        const moved = keys[key];
        assert.ok(moved && moved.mm > 5 && moved.left + moved.right > 100, `${name}: ${key}`);
        assert.equal(moved.value, 0, 'the face is at rest');
      }
    }
  });

  it('moves what each expression is about', () => {
    const key = (name: string): Mesh['keys'][string] => {
      const found = mesh('Face').keys[name];
      assert.ok(found, name);
      return found;
    };
    for (const name of [...visemes, ...emotions, 'lookUp', 'lookDown']) {
      assert.equal(key(name).left, key(name).right, `${name} is even`);
    }
    assert.deepEqual([key('blink.L').right, key('blink.R').left], [0, 0]);
    assert.ok(key('blink.L').left > 100 && key('blink.R').right > 100);
    for (const name of visemes) assert.ok(key(name).mean[2] < 0, `${name} opens downwards`);
    assert.ok(key('aa').mm > key('oh').mm && key('oh').mm > key('ou').mm, 'aa opens widest');
    assert.ok(key('lookUp').mean[2] > 2 && key('lookDown').mean[2] < -2);
    assert.ok(key('lookLeft').mean[0] > 5 && key('lookRight').mean[0] < -5);
  });

  it('turns the eyes by bones, which carry the irises', () => {
    const { lookAt } = figure.annotation;
    assert.equal(lookAt.type, 'bone');
    assert.ok(mesh('Face').groups.includes('eye.L') && mesh('Face').groups.includes('eye.R'));
    const eye = figure.bones['eye.L'];
    const head = figure.bones['head'];
    assert.ok(eye && head);
    assert.ok(
      Math.abs((lookAt.offsetFromHeadBone[2] ?? NaN) - ((eye.head[2] ?? 0) - (head.head[2] ?? 0))) < 1e-4,
    );
  });

  it('lets hair and skirt swing: chains with weights, colliders in the groups they name', () => {
    const { springs, colliders } = figure.annotation;
    const groups = new Set(colliders.map((collider) => collider.group));
    const used = new Set<string>();
    for (const spring of springs) {
      spring.joints.forEach(({ bone, hitRadius }, i) => {
        assert.ok(!used.has(bone), `${bone} is in one chain`);
        used.add(bone);
        assert.ok(hitRadius > 0 && hitRadius < 0.05);
        if (i > 0) assert.equal(figure.bones[bone]?.parent, spring.joints[i - 1]?.bone);
        const wearer = mesh(spring.name.startsWith('hair') ? 'Hair' : 'Skirt');
        assert.ok(wearer.groups.includes(bone), `${bone} carries vertices`);
      });
      for (const group of spring.colliderGroups) assert.ok(groups.has(group), group);
    }
    assert.ok(springs.some((spring) => spring.name.startsWith('hair')));
    assert.ok(springs.filter((spring) => spring.name.startsWith('skirt')).length >= 8);
    for (const bone of ['head', 'upperChest', 'hips', 'upperLeg.L', 'upperLeg.R']) {
      assert.ok(
        colliders.some((collider) => collider.bone === bone),
        bone,
      );
    }
    // A collider lies in its bone's own space, Y along the bone: the thigh's runs down it.
    const thigh = colliders.find((collider) => collider.bone === 'upperLeg.L')?.capsule;
    assert.ok(thigh && (thigh.tail?.[1] ?? 0) > (thigh.offset[1] ?? NaN) + 0.1, 'down the thigh');
  });

  it('shades its materials in two tones, with outlines but on the eyes', () => {
    for (const name of figure.result.materials) {
      const material = figure.materials[name];
      assert.ok(material?.shadeMultiplyTexture, name);
      assert.equal(material.outlineWidthMode, name === 'Features' ? 'none' : 'worldCoordinates', name);
    }
    assert.deepEqual(mesh('Armor').materials, ['Armor']);
    for (const name of [...clothes, 'Belt']) assert.deepEqual(mesh(name).materials, ['Outfit'], name);
    assert.deepEqual(mesh('Face').materials, ['Skin', 'Features']);
  });

  it('is the same figure each time', () => {
    const again = figures.made(1);
    for (const name of figure.result.meshes) assert.equal(mesh(name, again).hash, mesh(name).hash, name);
    assert.deepEqual(again.annotation, figure.annotation);
    assert.deepEqual(again.images, figure.images);
  });

  it('tells what it added', () => {
    const { added, removed } = figure.result.diff;
    assert.deepEqual([...added].sort(), ['Aria', ...figure.result.meshes].sort());
    assert.deepEqual(removed, []);
  });

  it('exports as a VRM that Khronos’ validator and our own check pass', async () => {
    const bytes = await figures.exported('Aria.vrm');
    const issues = await khronosIssues(bytes);
    assert.deepEqual(issues.errors, []);
    const report = checkVrm(bytes, { profile: PROFILES.app });
    const wrong = report.findings.filter((finding) => finding.severity === 'error');
    assert.deepEqual(
      wrong.map((finding) => `${finding.code}: ${finding.message}`),
      [],
    );
    assert.equal(report.facts?.triangles, figure.result.triangles);
  });
});
