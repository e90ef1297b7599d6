import { after } from 'node:test';
import { connectorConformance } from '../conformance/connector.js';
import { langfuseFormat } from '../conformance/langfuse-format.js';
import { openaiFormat } from '../conformance/openai-format.js';
import { otelFormat } from '../conformance/otel-format.js';
import { putLogs } from '../support/s3-logs.js';
import { startS3Server } from '../support/s3-server.js';

const server = await startS3Server();
after(() => server.stop());

for (const [name, format] of [
  ['openai', openaiFormat],
  ['otel', otelFormat],
  ['langfuse', langfuseFormat],
] as const) {
  connectorConformance(name, format, {
    name: 'a bucket',
    hold: (files) => putLogs(server, files),
  });
}
