// Run as a program of its own by temporal-cli.mjs, so that it can be ended at a deadline:
//   node infra/temporal-download.mjs FOLDER VERSION
// The SDK has no call that only downloads: it downloads, starts a server (which shows that the program works here),
// and the server is stopped again.
const [downloadDir, version] = process.argv.slice(2);
const { TestWorkflowEnvironment } = await import('@temporalio/testing');
try {
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir, version: `v${version}` } },
  });
  await environment.teardown();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
