import assert from 'node:assert/strict';
import test from 'node:test';
import { checkEpochs, type MonitorOptions, monitorOf } from '../../training/callbacks/monitor';
import { epochOf } from '../support/keras-golden';

test('losses should fall and accuracies rise, unless the mode says otherwise', () => {
  const better = (options: MonitorOptions): boolean => monitorOf('test', options).isBetter(1, 2);
  assert.equal(better({}), true);
  assert.equal(better({ monitor: 'loss' }), true);
  assert.equal(better({ monitor: 'accuracy' }), false);
  assert.equal(better({ monitor: 'valAccuracy' }), false);
  assert.equal(better({ monitor: 'valAccuracy', mode: 'min' }), true);
  assert.equal(better({ monitor: 'seconds', mode: 'max' }), false);
});

test('a gain must be larger than minDelta, in single precision', () => {
  const falls = monitorOf('test', { minDelta: 0.1 });
  assert.equal(falls.isBetter(0.9, 1), false);
  assert.equal(falls.isBetter(0.89, 1), true);
  const rises = monitorOf('test', { monitor: 'accuracy', minDelta: 0.1 });
  assert.equal(rises.isBetter(0.6, 0.5), false);
  assert.equal(rises.isBetter(0.61, 0.5), true);
  const plain = monitorOf('test', {});
  assert.equal(plain.isBetter(1 - 1e-9, 1), false, 'the same number in single precision');
  assert.equal(plain.isBetter(1 - 1e-6, 1), true);
});

test('anything is better than nothing, but what is not a number is never better', () => {
  const monitor = monitorOf('test', {});
  assert.equal(monitor.isBetter(Number.POSITIVE_INFINITY, undefined), true);
  assert.equal(monitor.isBetter(Number.NaN, undefined), false);
  assert.equal(monitor.isBetter(Number.NaN, 1), false);
});

test('a monitor reads its number and says what is wrong with it', () => {
  const monitor = monitorOf('test', { monitor: 'valAccuracy' });
  assert.equal(monitor.valueOf(epochOf(3, 0.25, 'max')), 0.25);
  assert.equal(monitor.complaint, 'the validation accuracy did not rise');
  assert.equal(monitorOf('test', {}).complaint, 'the validation loss did not fall');
});

test('a monitor refuses options that make no sense, in the name of its caller', () => {
  const refuses = (options: object, message: RegExp): void =>
    assert.throws(() => monitorOf('earlyStopping', options), { name: 'RangeError', message });
  refuses({ mode: 'up' }, /earlyStopping: mode must be auto, min or max, got "up"/);
  refuses({ monitor: 'learningRate' }, /earlyStopping: mode must be min or max for learningRate, got auto/);
  refuses({ minDelta: Number.NaN }, /minDelta must be 0 or more, got NaN/);
  assert.throws(() => checkEpochs('f', 'patience', 2.5), /^RangeError: f: patience must be a whole number .* got 2.5/);
  checkEpochs('f', 'patience', 0);
});
