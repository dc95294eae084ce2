//! Long answers go out in pieces. A connection keeps a buffer as large as the largest piece that was ever
//! written to it, and a reader who fetches files over a dozen of them asks for pages over each in turn.

use std::io;

use actix_web::{HttpResponse, body::SizedStream};
use bytes::Bytes;
use futures::{Stream, stream};
use serde::Serialize;

use crate::http::problem::Problem;

/// Bytes of a piece.
const PIECE: usize = 32 << 10;

/// Answers with JSON of a type.
///
/// # Errors
/// [`Problem`] when it cannot be written.
pub(super) fn json(content_type: &str, value: &impl Serialize) -> Result<HttpResponse, Problem> {
    let text = Bytes::from(serde_json::to_vec(value)?);
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    Ok(HttpResponse::Ok().content_type(content_type).body(SizedStream::new(length, pieces(text))))
}

fn pieces(mut rest: Bytes) -> impl Stream<Item = io::Result<Bytes>> {
    stream::iter(std::iter::from_fn(move || {
        let piece = rest.split_to(PIECE.min(rest.len()));
        (!piece.is_empty()).then_some(Ok(piece))
    }))
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;
    use futures::TryStreamExt;

    use super::*;

    #[actix_web::test]
    async fn all_of_it_comes_in_order_and_no_piece_is_longer() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7] {
            let all: Bytes = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
            let some: Vec<Bytes> = pieces(all.clone()).try_collect().await.unwrap();
            assert!(some.iter().all(|piece| (1..=PIECE).contains(&piece.len())));
            assert_eq!(some.concat(), all);
        }
    }

    #[actix_web::test]
    async fn it_is_read_as_what_was_written() {
        let words = vec!["word"; PIECE];
        let answer = json("application/json", &words).unwrap();
        assert_eq!(answer.headers().get("content-type").unwrap(), "application/json");
        let read = to_bytes(answer.into_body()).await.unwrap();
        assert_eq!(read, serde_json::to_vec(&words).unwrap());
    }
}
