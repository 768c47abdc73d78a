const NO_HASH = '0'.repeat(64);

/** What a compression is told of its model for the record, where nobody reads that. */
export const NO_ORIGIN = { parentSha256: NO_HASH, originalSha256: NO_HASH, whittleVersion: '0' };
