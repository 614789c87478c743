/** Rules for the decoding of any damaged file. */
import assert from 'node:assert/strict';
import type { Signal } from '../../audio/signal';
import { SerError } from '../../errors';
import { loudestLevel, recordingFaults } from '../../inference/quality';

/** The outcome of a damaged file. */
export interface HostileOutcome {
  kind: 'decoded' | 'refused';
  warnings: number;
  severe: boolean;
}

/**
 * Decodes a damaged file.
 *
 * @param bytesPerSecond of the intact file
 * @throws AssertionError if the error is not of type `bad-audio`, or the sound is not finite, or is louder than full
 * scale or ten times as long as its bytes can hold without a warning
 */
export async function decodeHostile(
  decode: () => Promise<Signal>,
  { bytes, bytesPerSecond }: { bytes: number; bytesPerSecond: number },
): Promise<HostileOutcome> {
  let signal: Signal;
  try {
    signal = await decode();
  } catch (error) {
    const isTyped = error instanceof SerError && error.code === 'bad-audio';
    assert.ok(isTyped, error instanceof Error ? error.stack : String(error));
    return { kind: 'refused', warnings: 0, severe: false };
  }
  const { samples, sampleRate } = signal;
  assert.ok(samples.length > 0 && sampleRate > 0);
  assert.ok(
    samples.every((sample) => Number.isFinite(sample)),
    'finite samples',
  );
  const warnings = recordingFaults(signal);
  if (warnings.length === 0) {
    assert.ok(loudestLevel(signal) <= 0, 'louder than full scale without a warning');
    const seconds = samples.length / sampleRate;
    assert.ok(seconds <= (10 * bytes) / bytesPerSecond, `${seconds} s of ${bytes} bytes without a warning`);
  }
  return { kind: 'decoded', warnings: warnings.length, severe: warnings.some(({ severe }) => severe === true) };
}
