/* A short soft tone of two notes, made here: no file, no licence. */

let context: AudioContext | undefined;

export function playTone(): void {
  try {
    context ??= new AudioContext();
    if (context.state === "suspended") void context.resume().catch(() => undefined);
    for (const [at, pitch] of [
      [0, 660],
      [0.12, 880],
    ] as const) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      const begin = context.currentTime + at;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, begin);
      volume.gain.exponentialRampToValueAtTime(0.08, begin + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, begin + 0.3);
      tone.connect(volume).connect(context.destination);
      tone.start(begin);
      tone.stop(begin + 0.32);
    }
  } catch {
    // No sound here, or not before the first click on the page.
  }
}
