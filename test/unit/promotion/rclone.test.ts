import assert from 'node:assert/strict';
import {
  catArguments,
  isRemotePath,
  parseRemotePath,
  rcloneEnvironment,
  s3Remote,
  secretsIn,
  uploadArguments,
} from '../../../src/adapters/storage/rcloneCommands.ts';
import {
  parseRcloneLine,
  parseRcloneVersion,
  rcloneFailure,
} from '../../../src/adapters/storage/rcloneLog.ts';

describe('what rclone is told', () => {
  const remote = s3Remote('quo-byte', {
    endpoint: 'http://s3',
    accessKeyId: 'id',
    secretAccessKey: 'secret',
  });

  it('has secrets in its environment, and nothing that changes what commands do', () => {
    const env = rcloneEnvironment(
      {
        PATH: '/bin',
        AWS_CA_BUNDLE: '/x',
        AWS_SECRET_ACCESS_KEY: 'y',
        RCLONE_DRY_RUN: 'true',
        RCLONE_IMMUTABLE: 'true',
        RCLONE_CONFIG: '/home/me/rclone.conf',
        RCLONE_CONFIG_PASS: 'z',
        RCLONE_CONFIG_R2_TYPE: 's3',
        RCLONE_CONFIGURE: 'no such thing',
        RCLONE_CA_CERT: '/ca.pem',
      },
      [remote],
    );
    assert.deepEqual(env, {
      PATH: '/bin',
      RCLONE_CONFIG: '/home/me/rclone.conf',
      RCLONE_CONFIG_PASS: 'z',
      RCLONE_CONFIG_R2_TYPE: 's3',
      RCLONE_CA_CERT: '/ca.pem',
      'RCLONE_CONFIG_QUO-BYTE_TYPE': 's3',
      'RCLONE_CONFIG_QUO-BYTE_PROVIDER': 'Other',
      'RCLONE_CONFIG_QUO-BYTE_ENDPOINT': 'http://s3',
      'RCLONE_CONFIG_QUO-BYTE_REGION': 'auto',
      'RCLONE_CONFIG_QUO-BYTE_ACCESS_KEY_ID': 'id',
      'RCLONE_CONFIG_QUO-BYTE_SECRET_ACCESS_KEY': 'secret',
      'RCLONE_CONFIG_QUO-BYTE_NO_CHECK_BUCKET': 'true',
      'RCLONE_CONFIG_QUO-BYTE_SIGN_ACCEPT_ENCODING': 'false',
    });
  });

  it('never takes a file name for an option', () => {
    const path = { remote: 'q', path: 'kasm/--delete-after' };
    for (const args of [catArguments(path), uploadArguments('--config', path, {})]) {
      assert.equal(args.indexOf('q:kasm/--delete-after') > args.indexOf('--'), true);
    }
    assert.equal(uploadArguments('--config', path, {}).lastIndexOf('--config') > 0, true);
  });

  it('uploads whatever is there, with headers', () => {
    const args = uploadArguments(
      'a.vrm',
      { remote: 'q', path: 'b/a.vrm' },
      { 'Content-Type': 'model/gltf-binary' },
    );
    assert.ok(args.includes('--ignore-times'));
    assert.equal(args[args.indexOf('--header-upload') + 1], 'Content-Type: model/gltf-binary');
  });

  it('knows remote paths from files', () => {
    assert.deepEqual(parseRemotePath('q:kasm/a b.vrm'), { remote: 'q', path: 'kasm/a b.vrm' });
    for (const file of ['/a:b.vrm', './q:x', 'a.vrm', '../q:a', '-x:a', 'D:\\share\\A.vrm', 'd:/A.vrm'])
      assert.equal(isRemotePath(file), false, file);
    for (const remote of ['q:kasm/a.vrm', 'd:kasm', 'quobyte:x', ':s3,secret_access_key=x:b/a'])
      assert.equal(isRemotePath(remote), true, remote);
    for (const bad of [
      'q:',
      'q:/a',
      'q:a//b',
      'q:a/../b',
      'q:./a',
      'q:a\nb',
      ':s3,secret_access_key=x:b/a',
      'q',
    ]) {
      assert.throws(() => parseRemotePath(bad), { code: 'bad-remote-path' }, bad);
    }
    // The text may hold a secret, as a connection string does.
    assert.throws(
      () => parseRemotePath(':s3,secret_access_key=x:b/a'),
      (thrown) => !String(thrown).includes('=x'),
    );
  });
});

describe('what rclone says', () => {
  it('is progress, a message, or words that are no JSON', () => {
    assert.deepEqual(
      parseRcloneLine(
        '{"level":"notice","msg":"Transferred","stats":{"bytes":5,"totalBytes":9,"eta":null},"source":"x"}',
      ),
      { kind: 'progress', bytes: 5, total: 9 },
    );
    assert.deepEqual(parseRcloneLine('{"level":"error","msg":"no"}'), {
      kind: 'message',
      level: 'error',
      text: 'no',
    });
    for (const odd of ['panic: oh', '{"level":1}', '[]', 'null', '']) {
      assert.deepEqual(parseRcloneLine(odd), { kind: 'message', level: 'error', text: odd });
    }
  });

  it('becomes an error with a code', () => {
    const codes: readonly (readonly [string, string])[] = [
      ['Failed to lsjson: directory not found', 'source-missing'],
      ['https response error StatusCode: 404, api error NoSuchKey: no', 'source-missing'],
      ['https response error StatusCode: 403, api error SignatureDoesNotMatch', 'storage-denied'],
      ['api error RequestTimeTooSkewed: the clock', 'storage-denied'],
      ['Failed to create file system for "W:": didn\'t find section in config file ("W")', 'unknown-remote'],
      ['dial tcp 127.0.0.1:9: connect: connection refused', 'storage-unreachable'],
      ['https response error StatusCode: 412, api error Unknown', 'storage-conflict'],
      ['googleapi: Error 403: no', 'storage-denied'],
      ['Unauthorized: 401 Unauthorized', 'storage-denied'],
      ['https response error StatusCode: 501, api error Unknown', 'storage-unsupported'],
    ];
    for (const [message, code] of codes)
      assert.equal(rcloneFailure('q:a', [message], 1, []).code, code, message);
    assert.match(rcloneFailure('q:a', [], 5, []).message, /exit code 5/);
  });

  it('takes no number in a name for a status', () => {
    for (const name of ['Companion-412.vrm', 'Companion 403.vrm', '501.vrm', 'PreconditionFailed.vrm']) {
      const broken = `StatusCode: 0, request send failed, Put "http://s3/b/${encodeURI(name)}?x-id=PutObject": EOF`;
      const { code } = rcloneFailure(`q:b/${name}`, [broken, `${broken.slice(0, 14)}, object 412`], 1, []);
      assert.equal(code, 'storage-unreachable', name);
    }
  });

  it('is told without secrets: those of its environment, and what looks like one', () => {
    const env = rcloneEnvironment({ RCLONE_CONFIG_PASS: 'open sesame' }, [
      s3Remote('q', { endpoint: 'http://s3', accessKeyId: 'name-of-key', secretAccessKey: 'hush/hush' }),
    ]);
    const said =
      'name-of-key with hush/hush and open sesame: GET https://me:pw@s3/b?token=abc failed on http://s3';
    const { message } = rcloneFailure('q:a', [said], 1, secretsIn(env));
    assert.equal(message, 'q:a: ••• with ••• and •••: GET https://me:•••@s3/b?token=••• failed on http://s3');
  });

  it('of its version is three numbers', () => {
    assert.deepEqual(parseRcloneVersion('rclone v1.75.2\n- os/version: debian'), [1, 75, 2]);
    assert.deepEqual(parseRcloneVersion('rclone v1.60.1-DEV'), [1, 60, 1]);
    assert.deepEqual(parseRcloneVersion('rclone v1.73'), [1, 73, 0]);
    assert.equal(parseRcloneVersion('something else'), null);
  });
});
