import type { Seal } from '../secrets/seal.ts';

/** A key as it is kept, sealed for its own row: in another row's place it does not open. */
export function sealKey(seal: Seal, accountId: string, key: string): string {
  return seal.close(key, place(accountId));
}

/** @throws SealError when it was sealed under another secret or for another row, or changed. */
export function openKey(seal: Seal, row: { id: string; sealed_key: string }): string {
  return seal.open(row.sealed_key, place(row.id));
}

function place(accountId: string): string {
  return `fal_account/${accountId}`;
}
