import { strFromU8, unzipSync } from 'fflate';

/**
 * The cells of a sheet as they stand in its XML, by ECMA-376 and not by our writer's rules: numbers
 * with every digit, which readers make doubles of.
 * @param sheet counted from 1.
 */
export function sheetRows(file: Uint8Array, sheet: number): (string | null)[][] {
  const xml = strFromU8(unzipSync(file)[`xl/worksheets/sheet${sheet}.xml`] ?? new Uint8Array());
  return [...xml.matchAll(/<row [^>]*>(.*?)<\/row>/gs)].map(([, row = '']) => {
    const cells: (string | null)[] = [];
    for (const [, column = 'A', content = ''] of row.matchAll(
      /<c r="([A-Z]+)\d+"[^>]*>(.*?)<\/c>/gs,
    )) {
      const index =
        [...column].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
      while (cells.length < index) cells.push(null);
      const [, number] = content.match(/<v>(.*?)<\/v>/s) ?? [];
      const [, text = ''] = content.match(/<t[^>]*>(.*?)<\/t>/s) ?? [];
      cells.push(number ?? unescaped(text));
    }
    return cells;
  });
}

function unescaped(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text
    .replaceAll(/&(\w+);/g, (_, name) => named[name] ?? '?')
    .replaceAll(/_x([0-9A-F]{4})_/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}
