import { connectorConformance } from '../conformance/connector.js';
import { langfuseFormat } from '../conformance/langfuse-format.js';

connectorConformance('langfuse', langfuseFormat);
