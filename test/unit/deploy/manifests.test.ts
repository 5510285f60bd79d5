import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret';
import { CronJob } from 'kubernetes-models/batch/v1/CronJob';
import { PersistentVolume } from 'kubernetes-models/v1/PersistentVolume';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { parseAllDocuments, parse } from 'yaml';
import { z } from 'zod';

const folder = join(import.meta.dirname, '../../../deploy/kubernetes');

/** Each holds an object against the schema of its kind: Kubernetes', and External Secrets' own. */
const kinds: Readonly<Record<string, (object: never) => { validate(): void }>> = {
  'batch/v1 CronJob': (object) => new CronJob(object),
  'v1 PersistentVolume': (object) => new PersistentVolume(object),
  'v1 PersistentVolumeClaim': (object) => new PersistentVolumeClaim(object),
  'external-secrets.io/v1 ExternalSecret': (object) => new ExternalSecret(object),
};

const anyObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string() }),
});
const kustomization = z.object({
  resources: z.array(z.string()),
  configMapGenerator: z.array(z.object({ name: z.string(), files: z.array(z.string()) })),
});
const cronJob = z.object({
  spec: z.object({
    concurrencyPolicy: z.string(),
    jobTemplate: z.object({
      spec: z.object({
        template: z.object({
          spec: z.looseObject({
            containers: z.array(
              z.looseObject({
                command: z.array(z.string()),
                env: z.array(z.object({ name: z.string(), value: z.string() })),
                envFrom: z.array(z.object({ secretRef: z.object({ name: z.string() }) })),
                volumeMounts: z.array(
                  z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() }),
                ),
              }),
            ),
            volumes: z.array(
              z.looseObject({
                name: z.string(),
                persistentVolumeClaim: z.object({ claimName: z.string(), readOnly: z.boolean() }).optional(),
                configMap: z.object({ name: z.string() }).optional(),
              }),
            ),
          }),
        }),
      }),
    }),
  }),
});

const volume = z.object({
  spec: z.object({
    accessModes: z.array(z.string()),
    mountOptions: z.array(z.string()),
    nfs: z.object({ readOnly: z.boolean() }),
  }),
});
const claim = z.object({ spec: z.object({ accessModes: z.array(z.string()), volumeName: z.string() }) });
const externalSecret = z.object({
  spec: z.object({
    target: z.object({ name: z.string(), template: z.object({ data: z.record(z.string(), z.string()) }) }),
    data: z.array(z.object({ secretKey: z.string() })),
  }),
});

async function objects(): Promise<ReadonlyMap<string, unknown>> {
  const { resources } = kustomization.parse(
    parse(await readFile(join(folder, 'kustomization.yaml'), 'utf8')),
  );
  const all = new Map<string, unknown>();
  for (const file of resources) {
    for (const document of parseAllDocuments(await readFile(join(folder, file), 'utf8'))) {
      assert.deepEqual(document.errors, []);
      const object: unknown = document.toJS();
      const { kind, metadata } = anyObject.parse(object);
      all.set(`${kind}/${metadata.name}`, object);
    }
  }
  return all;
}

describe('Kubernetes manifests', () => {
  it('are all in the kustomization, and what it names is there', async () => {
    const named = kustomization.parse(parse(await readFile(join(folder, 'kustomization.yaml'), 'utf8')));
    const files = globSync('*', { cwd: folder }).filter((name) => name !== 'kustomization.yaml');
    const all = [...named.resources, ...named.configMapGenerator.flatMap((one) => one.files)];
    assert.deepEqual(all.toSorted(), files.toSorted());
  });

  it('hold against the schemas of their kinds', async () => {
    for (const [name, object] of await objects()) {
      const { apiVersion, kind } = anyObject.parse(object);
      const make = kinds[`${apiVersion} ${kind}`];
      assert.ok(make !== undefined, `there is no schema here for ${apiVersion} ${kind}`);
      assert.doesNotThrow(() => make(object as never).validate(), name);
    }
  });

  it('a member that the schema does not have is found', async () => {
    const object = structuredClone((await objects()).get('CronJob/cdn-copy')) as {
      spec: Record<string, unknown>;
    };
    object.spec['schedule'] = 15;
    assert.throws(() => new CronJob(object as never).validate(), /schedule/);
  });

  it('name each other rightly, and nothing can write the models', async () => {
    const all = await objects();
    const { spec } = cronJob.parse(all.get('CronJob/cdn-copy'));
    assert.equal(spec.concurrencyPolicy, 'Forbid');
    const { containers, volumes } = spec.jobTemplate.spec.template.spec;
    const [container] = containers;
    assert.ok(container !== undefined);
    for (const { secretRef } of container.envFrom) assert.ok(all.has(`ExternalSecret/${secretRef.name}`));
    const models = volumes.find(({ name }) => name === 'models')?.persistentVolumeClaim;
    assert.ok(models?.readOnly);
    assert.ok(all.has(`PersistentVolumeClaim/${models.claimName}`));
    assert.ok(container.volumeMounts.find(({ name }) => name === 'models')?.readOnly);
    for (const { name } of container.volumeMounts)
      assert.ok(
        volumes.some((volume) => volume.name === name),
        name,
      );
    assert.deepEqual(container.command, ['/bin/sh', '/script/cdn-copy.sh']);
  });

  it('mount production for reading alone, whoever claims it', async () => {
    const all = await objects();
    const { spec } = claim.parse(all.get('PersistentVolumeClaim/avatar-models'));
    const { spec: bound } = volume.parse(all.get(`PersistentVolume/${spec.volumeName}`));
    assert.deepEqual([spec.accessModes, bound.accessModes], [['ReadOnlyMany'], ['ReadOnlyMany']]);
    assert.deepEqual([bound.nfs.readOnly, bound.mountOptions.includes('ro')], [true, true]);
  });

  it('give rclone the keys of the very remote that is copied to', async () => {
    const all = await objects();
    const [container] = cronJob.parse(all.get('CronJob/cdn-copy')).spec.jobTemplate.spec.template.spec
      .containers;
    const remote = container?.env.find(({ name }) => name === 'CDN')?.value.split(':')[0] ?? '';
    const { target, data } = externalSecret.parse(all.get('ExternalSecret/cdn-copy')).spec;
    assert.equal(container?.envFrom[0]?.secretRef.name, target.name);
    for (const option of ['TYPE', 'ENDPOINT', 'ACCESS_KEY_ID', 'SECRET_ACCESS_KEY'])
      assert.ok(`RCLONE_CONFIG_${remote}_${option}`.toUpperCase() in target.template.data, option);
    const used = Object.values(target.template.data).flatMap(
      (text) => /\{\{ \.(\w+) \}\}/.exec(text)?.[1] ?? [],
    );
    assert.deepEqual(used.toSorted(), data.map(({ secretKey }) => secretKey).toSorted());
  });

  it('hold no secret', async () => {
    for (const file of globSync('*', { cwd: folder })) {
      const text = await readFile(join(folder, file), 'utf8');
      assert.doesNotMatch(text, /kind: Secret$|(secret|key)[A-Za-z_]*: *['"]?[A-Za-z0-9/+]{24,}/im, file);
    }
  });
});
