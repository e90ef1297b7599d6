import { createMemoryStore } from '../../src/storage/memory-store.js';
import { objectStoreConformance } from '../conformance/object-store.js';

objectStoreConformance('the memory store', async () => createMemoryStore());
