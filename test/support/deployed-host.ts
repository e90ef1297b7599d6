import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A chat host on 127.0.0.1 that refuses every model until somebody deploys it, and then answers under the deployment's name
 * only. `POST /v1/deployments` with `{"model"}` gives `{"name"}`, the same one for a model that is there; `DELETE
 * /v1/deployments/NAME` takes it away.
 */
export interface DeployedHost {
  readonly baseURL: string;
  /** Models that are deployed. */
  readonly up: () => readonly string[];
  /** The models that were asked, as chat requests named them, each once and in their order. */
  readonly asked: () => readonly string[];
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** `answer` is what a model that is deployed answers to a chat request; `known` are models that answer as they are, and
 * others are refused with `status`.
 */
export async function startDeployedHost(
  answer: (model: string, body: object, key: string) => Promise<Reply>,
  known: readonly string[] = [],
  status = 400,
): Promise<DeployedHost> {
  const modelsByName = new Map(known.map((model) => [model, model]));
  const asked = new Set<string>();
  let made = 0;

  function deploy(model: string): Reply {
    const [there] = [...modelsByName].find(([, each]) => each === model) ?? [];
    if (there !== undefined) return { status: 200, body: { name: there } };
    made += 1;
    const name = `deployment-${made}`;
    modelsByName.set(name, model);
    return { status: 200, body: { name } };
  }

  async function reply(request: IncomingMessage, text: string): Promise<Reply> {
    const path = request.url ?? '';
    if (request.method === 'DELETE') {
      modelsByName.delete(decodeURIComponent(path.split('/').at(-1) ?? ''));
      return { status: 200, body: {} };
    }
    const body = JSON.parse(text) as { readonly model: string };
    if (path === '/v1/deployments') return deploy(body.model);
    asked.add(body.model);
    const model = modelsByName.get(body.model);
    const code = 'model_not_available';
    if (model === undefined) return { status, body: { error: { message: code, code } } };
    return answer(model, { ...body, model }, request.headers.authorization ?? '');
  }

  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    request.on('end', () => {
      void reply(request, text).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    up: () => [...modelsByName.values()].filter((model) => !known.includes(model)),
    asked: () => [...asked],
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
