import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isBucketPath, parseLogAddress } from '../../src/connectors/log-address.js';
import { ConfigError } from '../../src/domain/errors.js';

describe('the address of logs in a bucket', () => {
  test('is a folder, unless its last part is a log by its name', () => {
    const places = {
      's3://bucket': ['', null],
      's3://bucket/a/b': ['a/b/', null],
      's3://bucket/a/b/': ['a/b/', null],
      's3://bucket/day 1/10:00/ß@x': ['day 1/10:00/ß@x/', null],
      's3://bucket/a/calls.jsonl': ['a/', 'calls.jsonl'],
      's3://bucket/calls.parquet': ['', 'calls.parquet'],
      's3://bucket/a/calls.jsonl/': ['a/calls.jsonl/', null],
    };
    for (const [text, wanted] of Object.entries(places)) {
      const { address, only } = parseLogAddress(text);
      assert.deepEqual([address.prefix, only], wanted, text);
      assert.equal(address.uri, text.replace(/\/$/, ''));
    }
  });

  test('takes what an address of a store takes, but for what only a store does', () => {
    const { address } = parseLogAddress(
      's3://bucket/a?endpoint=http://host:1&region=eu-west-1&profile=reader',
    );
    const { endpoint, region, profile, hasPathStyle } = address;
    assert.deepEqual(
      [endpoint, region, profile, hasPathStyle],
      ['http://host:1', 'eu-west-1', 'reader', true],
    );
  });

  test('is refused where it is none, without what could be a secret', () => {
    const refused = {
      's3:bucket': /logs in a bucket are at s3:\/\/BUCKET/,
      's3://key:hunter2@bucket/logs': /s3:\/\/BUCKET/,
      's3://bucket//a': /begins with no slash/,
      's3://bucket/a?secretKey=hunter2':
        /takes endpoint, region, pathStyle, profile .*AWS environment/,
      's3://bucket/a?retentionDays=9': /nothing else/,
    };
    for (const [text, message] of Object.entries(refused)) {
      assert.ok(isBucketPath(text));
      assert.throws(
        () => parseLogAddress(text),
        (error) => {
          assert.ok(error instanceof ConfigError);
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /hunter2/);
          return true;
        },
      );
    }
    assert.ok(!isBucketPath('s3/logs'));
  });
});
