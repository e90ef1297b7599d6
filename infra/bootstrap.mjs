#!/usr/bin/env node
// The way in of `npm run demo`, `npm test` and `npm run build`: no package is imported before `npm ci` has run.
const MINIMUM_NODE = [20, 19];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor < MINIMUM_NODE[1])) {
  console.error(
    `holdfast needs Node.js ${MINIMUM_NODE.join('.')} or newer; this is ${process.versions.node}. Get one at https://nodejs.org.`,
  );
  process.exit(1);
}

const { main } = await import('./main.mjs');
process.exitCode = await main(process.argv.slice(2));
