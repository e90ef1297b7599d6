import { connectorConformance } from '../conformance/connector.js';
import { openaiFormat } from '../conformance/openai-format.js';

connectorConformance('openai', openaiFormat);
