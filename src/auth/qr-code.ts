import { encode } from 'uqr';

/** White space around a QR code without which cameras don't find it (ISO/IEC 18004, 4 modules). */
const QUIET_ZONE = 4;

/** A QR code as the path of an SVG; one module is one unit. */
export interface QrCode {
  /** Width and height, white space included. */
  size: number;
  /** The dark modules: the `d` of a path, a rectangle for each run of them. */
  path: string;
}

export function qrCode(text: string): QrCode {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  const path = data.flatMap((row, y) => [
    ...row
      .map((dark) => (dark ? '1' : '0'))
      .join('')
      .matchAll(/1+/g)
      .map(({ index, 0: run }) => `M${index} ${y}h${run.length}v1h-${run.length}z`),
  ]);
  return { size, path: path.join('') };
}
