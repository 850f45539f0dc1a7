/** One line of the table. */
export interface Figure {
  name: string;
  /** What was measured, with its unit. */
  measured: string;
  /** What it is held against, as a ratio; empty where the figure stands alone. */
  ratio: string;
  target: string;
  /** `null` for figures that are only there for scale. */
  pass: boolean | null;
}
