/** holdfast's version; a test holds it equal to package.json's. */
export const HOLDFAST_VERSION = '0.1.0';
