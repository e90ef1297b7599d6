import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { S3_KEYS, versitygw, type S3Server } from './s3-server.js';

/** Keys of users beside the server's owner; no message may hold a secret one. */
export const READER = { key: 'LOGREADERKEY', secret: 'the-readers-own-secret' } as const;
export const STRANGER = { key: 'STRANGERSKEY', secret: 'the-strangers-own-secret' } as const;

/**
 * Makes a user who may list the bucket and get its objects and nothing else, and one who may nothing at all; this
 * process knows them as the profiles `reader` and `stranger`.
 */
export async function addUsers({ endpoint }: S3Server): Promise<void> {
  for (const user of [READER, STRANGER]) await addUser(endpoint, user);
  const client = new S3Client({ endpoint, forcePathStyle: true });
  const allow = (action: string, resource: string): object => ({
    Effect: 'Allow',
    Principal: [READER.key],
    Action: [`s3:${action}`],
    Resource: `arn:aws:s3:::${resource}`,
  });
  const Statement = [allow('ListBucket', 'holdfast'), allow('GetObject', 'holdfast/*')];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await client.send(new PutBucketPolicyCommand({ Bucket: 'holdfast', Policy }));
  client.destroy();
  const file = join(await mkdtemp(join(tmpdir(), 'holdfast-users-')), 'credentials');
  const profile = (name: string, { key, secret }: typeof READER | typeof STRANGER): string =>
    `[${name}]\naws_access_key_id = ${key}\naws_secret_access_key = ${secret}\n`;
  await writeFile(file, profile('reader', READER) + profile('stranger', STRANGER));
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = file;
}

async function addUser(
  endpoint: string,
  { key, secret }: typeof READER | typeof STRANGER,
): Promise<void> {
  const owner = ['-a', S3_KEYS.AWS_ACCESS_KEY_ID, '-s', S3_KEYS.AWS_SECRET_ACCESS_KEY];
  const user = ['create-user', '-a', key, '-s', secret, '-r', 'user'];
  await promisify(execFile)(versitygw(), ['admin', ...owner, '--er', endpoint, ...user]);
}
