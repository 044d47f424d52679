/** A hash as the ledger records it: 16 lower-case hex digits. */
export function renderHash(hash: bigint): string {
  return hash.toString(16).padStart(16, '0');
}

/** The hash that `renderHash` wrote. */
export function parseHash(text: string): bigint {
  return BigInt(`0x${text}`);
}
