/** Imported first by every script: ends it with a sentence where Node is too old for the rest. Only syntax that old Nodes read. */
var major = Number(process.versions.node.split('.')[0]);

if (major < 20) {
  process.stderr.write(
    'Whittle needs Node 20 or newer, and this is Node ' +
      process.versions.node +
      '. Install a newer one from https://nodejs.org and run the command again.\n',
  );
  process.exit(1);
}
