import { createServer, type AddressInfo, type Server } from 'node:net';

/** The only address that holdfast's own servers listen on by default. */
export const LOOPBACK = '127.0.0.1';

/**
 * Finds `count` different ports on loopback that nothing listens on.
 * They are free when looked at: whoever listens on them next has to expect that one was taken meanwhile.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  // All are held at once, so that no port is given twice.
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(close));
  return ports;
}

/** Which of these ports on loopback can't be listened on now; a port that stands there twice is one. */
export async function takenPorts(ports: readonly number[]): Promise<readonly number[]> {
  const held: Server[] = [];
  const taken: number[] = [];
  for (const port of ports) {
    const server = await listen(port).catch(() => null);
    if (server === null) taken.push(port);
    else held.push(server);
  }
  await Promise.all(held.map(close));
  return taken;
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
  });
}
