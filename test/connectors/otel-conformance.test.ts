import { connectorConformance } from '../conformance/connector.js';
import { otelFormat } from '../conformance/otel-format.js';

connectorConformance('otel', otelFormat);
