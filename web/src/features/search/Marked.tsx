import type { Piece } from "../../api/types";

/** Text with its matches marked; the server sends pieces, never markup. */
export function Marked({ pieces }: { pieces: Piece[] }) {
  return (
    <>
      {pieces.map((piece, index) =>
        piece.is_match ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have nothing else, and never move
          <mark key={index}>{piece.text}</mark>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}
