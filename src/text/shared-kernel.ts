import { createKernel, type Kernel } from './kernel.js';

let kernel: Kernel | null | undefined;

/**
 * The thread's kernel for texts whose words are copied before another text is read: made once, since its memory is
 * 25 MB. `null` where there is none.
 */
export function sharedKernel(): Kernel | null {
  if (kernel === undefined) kernel = createKernel();
  return kernel;
}
