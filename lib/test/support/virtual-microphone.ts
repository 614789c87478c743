/** A microphone that records what is played to it: PulseAudio with a sink whose monitor is the default source. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** The reason why there can be none here; undefined if there can. */
export function missingPulseAudio(): string | undefined {
  for (const program of ['pulseaudio', 'pactl', 'paplay', 'sox']) {
    if (spawnSync(program, ['--version']).error) return `no ${program} here; install pulseaudio, its utils, and sox`;
  }
  const drivers = spawnSync('sox', ['--help'], { encoding: 'utf8' }).stdout;
  return /AUDIO DEVICE DRIVERS:.*pulseaudio/.test(drivers)
    ? undefined
    : 'sox cannot use PulseAudio: install libsox-fmt-pulse';
}

/** The reason why arecord cannot use it here, as device `pulse`; undefined if it can. */
export function missingAlsaPlugin(): string | undefined {
  const { error, stdout } = spawnSync('arecord', ['-L'], { encoding: 'utf8' });
  if (error) return 'no arecord here; install alsa-utils';
  return /^pulse$/m.test(stdout) ? undefined : 'arecord cannot use PulseAudio: install libasound2-plugins';
}

/** What a process needs in its environment to use the PulseAudio of this folder, and no other. */
export function pulseEnvironment(folder: string): Record<string, string> {
  return {
    XDG_RUNTIME_DIR: folder,
    HOME: folder,
    PULSE_SERVER: `unix:${path.join(folder, 'pulse', 'native')}`,
    AUDIODRIVER: 'pulseaudio',
  };
}

/** A running PulseAudio with two inputs, `mic.monitor` and `other.monitor`. */
export class VirtualMicrophone {
  private readonly children: ChildProcess[] = [];

  /** @param folder a private one, whose `pulseEnvironment` must be in force */
  static async start(): Promise<VirtualMicrophone> {
    const microphone = new VirtualMicrophone();
    const sinks = ['mic', 'other'].flatMap((name) => [
      '-L',
      `module-null-sink sink_name=${name} rate=48000 channels=1`,
    ]);
    microphone.spawn('pulseaudio', [
      ...['--daemonize=no', '--exit-idle-time=-1', '-n', '-L', 'module-native-protocol-unix'],
      ...sinks,
    ]);
    for (let i = 0; i < 200 && spawnSync('pactl', ['info']).status !== 0; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    spawnSync('pactl', ['set-default-source', 'mic.monitor']);
    return microphone;
  }

  /** Plays a WAV file into one of the inputs, in the background. */
  play(file: string, sink = 'mic'): void {
    this.spawn('paplay', [`--device=${sink}`, file]);
  }

  /** As if the device were pulled out. */
  unplug(): void {
    spawnSync('pactl', ['exit']);
  }

  async stop(): Promise<void> {
    for (const child of this.children.reverse()) {
      const closed = child.exitCode === null && child.signalCode === null ? once(child, 'close') : undefined;
      child.kill();
      await closed;
    }
  }

  private spawn(program: string, parameters: string[]): void {
    this.children.push(spawn(program, parameters, { stdio: 'ignore' }));
  }
}
