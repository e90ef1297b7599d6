import { after } from 'node:test';
import { createS3Store } from '../../src/storage/s3-store.js';
import { objectStoreConformance } from '../conformance/object-store.js';
import { startS3Server } from '../support/s3-server.js';

const server = await startS3Server();
after(() => server.stop());

objectStoreConformance('the store in a bucket', () => createS3Store(server.address()));
