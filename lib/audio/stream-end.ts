/** Where a stream in Ogg ends. */

/** Works out where a stream ends from the positions of its pages: the last packet is often longer than the sound. */
export class StreamEnd {
  /** Frames of the recording; undefined until the stream says that it ends. */
  total: number | undefined;
  private start: number | undefined;

  /**
   * @param position of the page that ends here, in frames
   * @param decoded frames so far
   */
  reach(position: number | undefined, decoded: number, last: boolean): void {
    if (position === undefined) return;
    // A stream cut from a longer one does not begin at 0.
    this.start ??= last ? 0 : Math.max(0, position - decoded);
    if (last) this.total = position - this.start;
  }
}
