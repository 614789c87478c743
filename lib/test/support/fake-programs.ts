/** Machines with few recording programs, which are scripts that do what a test needs. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Why there can be none here; false where there can. */
export const fakes = process.platform === 'win32' ? 'needs programs that are scripts' : false;

/** Runs `act` with a folder of its own and other environment variables. */
export async function inFolder(
  environment: (folder: string) => Record<string, string>,
  act: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-record-'));
  const before = { ...process.env };
  Object.assign(process.env, environment(folder));
  try {
    await act(folder);
  } finally {
    for (const name of Object.keys(process.env)) {
      if (before[name] === undefined) delete process.env[name];
    }
    Object.assign(process.env, before);
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** A machine whose only programs are these; the code is what each does. */
export function withPrograms(programs: Record<string, string>, act: (folder: string) => Promise<void>): Promise<void> {
  return inFolder((folder) => {
    fs.mkdirSync(path.join(folder, 'bin'));
    for (const [name, code] of Object.entries(programs)) {
      fs.writeFileSync(path.join(folder, 'bin', name), `#!${process.execPath}\n${code}\n`, { mode: 0o755 });
    }
    return { PATH: path.join(folder, 'bin') };
  }, act);
}

/** A machine whose only program is this one. */
export function withProgram(name: string, code: string, act: (folder: string) => Promise<void>): Promise<void> {
  return withPrograms({ [name]: code }, act);
}

/** A program that gives a quarter of full scale without end, and adds its name and the device that it was given to the file `asked`. */
const recorder = (name: string, device: string): string =>
  `require('node:fs').appendFileSync(__dirname + '/../asked', \`${name} \${${device}}\\n\`);
   setInterval(() => process.stdout.write(Buffer.alloc(4000, '002000e0', 'hex')), 5);`;

/** sox with an input of PulseAudio, `alsa_input.usb`, and arecord with one of ALSA, `plughw:1,0`. */
export const soxAndArecord: Record<string, string> = {
  sox: recorder('sox', 'process.env.AUDIODEV'),
  pactl: "console.log('1\\talsa_input.usb\\tmodule-alsa-card.c\\ts16le 1ch 48000Hz\\tRUNNING')",
  arecord: `if (process.argv[2] === '-l') console.log('card 1: USB [USB Audio], device 0: USB Audio [USB Audio]');
    else { ${recorder('arecord', "process.argv[process.argv.indexOf('-D') + 1]")} }`,
};

/** Each start of these programs: its name and the device. */
export const asked = (folder: string): string[] =>
  fs.readFileSync(path.join(folder, 'asked'), 'utf8').trimEnd().split('\n');
