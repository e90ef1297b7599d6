import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** What became of a mount: without the right to mount, a test says so and does not run. */
export type Mounted =
  { readonly isMounted: true } | { readonly isMounted: false; readonly reason: string };

/** Mounts a file system of its own at `folder`, which is made; `size` as mount(8) takes it, e.g. `400k`. */
export function mountSmall(folder: string, size: string): Mounted {
  mkdirSync(folder, { recursive: true });
  const options = ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder];
  const mounted = spawnSync('mount', options, { encoding: 'utf8' });
  if (mounted.status === 0) return { isMounted: true };
  const why = mounted.error?.message ?? mounted.stderr.trim();
  return { isMounted: false, reason: `this user can't mount a tmpfs here: ${why}` };
}

/** Makes a mounted file system read-only (`ro`) or writable again (`rw`). */
export function remount(folder: string, mode: 'ro' | 'rw'): void {
  const { status, stderr } = spawnSync('mount', ['-o', `remount,${mode}`, folder], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${folder} can't be remounted ${mode}: ${stderr.trim()}`);
}

export function unmount(folder: string): void {
  spawnSync('umount', [folder]);
}
