/** From one frame in each lane to one in each register, and back. */

/** Four rows of four numbers, `from` bytes apart, as columns, written `to` bytes apart. */
// @ts-ignore: decorator
@inline
export function transpose(source: usize, from: usize, target: usize, to: usize): void {
  const a = v128.load(source);
  const b = v128.load(source + from);
  const c = v128.load(source + from * 2);
  const d = v128.load(source + from * 3);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(target + to, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  v128.store(target + to * 2, v128.shuffle<f32>(AB, CD, 0, 1, 4, 5));
  v128.store(target + to * 3, v128.shuffle<f32>(AB, CD, 2, 3, 6, 7));
}
