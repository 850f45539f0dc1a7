import { config as readDotenv } from 'dotenv';
import { runCommandLine } from './run.ts';

readDotenv({ quiet: true });
process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  print: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
});
