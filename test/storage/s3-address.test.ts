import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError } from '../../src/domain/errors.js';
import { objectAddress, parseS3Address } from '../../src/storage/s3-address.js';

describe('the address of a store in a bucket', () => {
  test('has a bucket, and more where it says so', () => {
    assert.deepEqual(parseS3Address('s3://my-bucket'), {
      bucket: 'my-bucket',
      prefix: '',
      endpoint: null,
      region: null,
      hasPathStyle: false,
      profile: null,
      retention: null,
      uri: 's3://my-bucket',
    });
    const full =
      's3://my.bucket/a/b?endpoint=http://127.0.0.1:7070&region=eu-west-1&profile=keeper&retentionMode=governance&retentionDays=90';
    assert.deepEqual(parseS3Address(full), {
      bucket: 'my.bucket',
      prefix: 'a/b/',
      endpoint: 'http://127.0.0.1:7070',
      region: 'eu-west-1',
      hasPathStyle: true,
      profile: 'keeper',
      retention: { mode: 'GOVERNANCE', days: 90 },
      uri: full,
    });
  });

  test('is written in one form, which reads the same again', () => {
    const forms = {
      's3://bucket/': 's3://bucket',
      's3://bucket/a/': 's3://bucket/a',
      's3://bucket?endpoint=http%3A%2F%2Fhost%3A1%2F': 's3://bucket?endpoint=http://host:1',
      's3://bucket?pathStyle=false': 's3://bucket',
      's3://bucket?pathStyle=true': 's3://bucket?pathStyle=true',
      's3://bucket?pathStyle=false&endpoint=https://host':
        's3://bucket?endpoint=https://host&pathStyle=false',
    };
    for (const [text, uri] of Object.entries(forms)) {
      assert.equal(parseS3Address(text).uri, uri);
      assert.deepEqual(parseS3Address(uri), parseS3Address(text));
    }
  });

  test('is refused where it is none, with what is accepted and without what could be a secret', () => {
    const refused = {
      's3://': /s3:\/\/BUCKET/,
      's3:bucket': /s3:\/\/BUCKET/,
      's3://Bucket': /s3:\/\/BUCKET/,
      's3://user:hunter2@bucket': /s3:\/\/BUCKET/,
      's3://bucket/a b': /prefix/,
      's3://bucket/../a': /prefix/,
      's3://bucket/.tmp': /prefix/,
      's3://bucket--usw2-az1--x-s3': /directory bucket/,
      's3://bucket?accessKey=hunter2': /takes endpoint, .* AWS environment/,
      's3://bucket?endpoint=hunter2': /no URL/,
      's3://bucket?endpoint=http://user:hunter2@host': /AWS environment/,
      's3://bucket?endpoint=ftp://host': /http:\/\/ or https:\/\//,
      's3://bucket?endpoint=http://host/path': /and nothing else/,
      's3://bucket?pathStyle=yes': /true or false/,
      's3://bucket?profile=hunter2:x': /name of a profile/,
      's3://bucket?retentionMode=forever&retentionDays=1': /governance or retentionMode=compliance/,
      's3://bucket?retentionMode=governance': /retentionDays/,
      's3://bucket?retentionDays=1.5&retentionMode=governance': /retentionDays/,
    };
    for (const [text, message] of Object.entries(refused)) {
      assert.throws(
        () => parseS3Address(text),
        (error) => {
          assert.ok(error instanceof ConfigError, text);
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /hunter2/);
          return true;
        },
        text,
      );
    }
  });

  test('of an object has no query', () => {
    assert.equal(objectAddress('s3://bucket/a?endpoint=http://h', 'k/1'), 's3://bucket/a/k/1');
    assert.equal(objectAddress('s3://bucket', 'k'), 's3://bucket/k');
    assert.equal(objectAddress('memory:', 'k'), 'memory:/k');
  });
});
