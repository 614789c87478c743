/**
 * The inner loops of the front end, in AssemblyScript: compiled to WebAssembly with SIMD by the build, called by
 * ../simd.ts, which fills the memory and knows the layout. Four frames are transformed at once, one in each lane, so every
 * line reads as it would for one frame; with T = f64 it is two frames, at double precision.
 */
export { convolve } from './convolution';
export * from './decode';
export * from './mel';
export * from './polyphase';
export { forward, power } from './transform';
export * from './vocoder';
