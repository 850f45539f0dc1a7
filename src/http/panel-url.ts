import type { Request, Response } from 'express';
import type { Config } from '../config.ts';

type PublicAddress = Pick<Config, 'publicUrl' | 'basePath'>;

/** Where people open the panel, as the operator says; `null` where nothing is said. */
export function panelUrl({ publicUrl, basePath }: PublicAddress): string | null {
  return publicUrl === null ? null : publicUrl + basePath;
}

/** The same, else where whoever asks opens it. */
export function askedPanelUrl(config: PublicAddress, req: Request, res: Response): string {
  return panelUrl(config) ?? `${req.protocol}://${req.host}${res.locals.basePath}`;
}
