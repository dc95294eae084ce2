//! Bytes of media files. No cookie is read or set here: an address alone decides.

use std::io;

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    http::{StatusCode, header},
    web::{Data, Path, Query},
};
use serde::Deserialize;

use crate::{
    app::App,
    http::problem::{Problem, ProblemKind},
    site::files::Served,
    words::text,
};

/// The signed view of a private file.
#[derive(Debug, Deserialize)]
pub(super) struct View {
    view: Option<String>,
}

/// `GET /media/{id}/{file}[?view=…]`.
pub(super) async fn serve(
    request: HttpRequest,
    app: Data<App>,
    path: Path<(String, String)>,
    view: Query<View>,
) -> Result<HttpResponse, Problem> {
    let (id, file_name) = path.into_inner();
    let file = app.site.served(&id, &file_name).await?.ok_or_else(Problem::not_found)?;
    if !file.is_open {
        let token = view.view.as_deref().unwrap_or_default();
        let key = app.site.view_key().await?;
        if !key.fits(&id, token, app.clock.now_micros()) {
            return Err(Problem::not_found());
        }
    }
    stream(&request, &app, &file).await
}

async fn stream(request: &HttpRequest, app: &App, file: &Served) -> Result<HttpResponse, Problem> {
    let lost = |error: io::Error| {
        tracing::error!(%error, "a media file cannot be read");
        // A disk that does not give a file now will hardly do so in a minute; a bucket may.
        let may_come_back = error.kind() != io::ErrorKind::NotFound && app.blobs.here(&file.sha256).is_none();
        if may_come_back {
            return Problem::new(ProblemKind::Later, text!("problems-the-store-of-files-does-not")).after(60);
        }
        Problem::not_found()
    };
    let blob = app.blobs.open_blob(&file.sha256).await.map_err(lost)?;
    let length = blob.length();
    let asked = request.headers().get(header::RANGE).and_then(|value| value.to_str().ok());
    let (status, start, end) = match asked.map_or(Wanted::Whole, |asked| range(asked, length)) {
        Wanted::Whole => (StatusCode::OK, 0, length),
        Wanted::Part(start, end) => (StatusCode::PARTIAL_CONTENT, start, end),
        Wanted::Nothing => {
            return Ok(HttpResponse::RangeNotSatisfiable()
                .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
                .insert_header((header::CONTENT_RANGE, format!("bytes */{length}")))
                .finish());
        }
    };
    let bytes = blob.read(start..end).await.map_err(lost)?;
    let mut response = HttpResponse::build(status);
    if status == StatusCode::PARTIAL_CONTENT {
        let last = end.saturating_sub(1);
        response.insert_header((header::CONTENT_RANGE, format!("bytes {start}-{last}/{length}")));
    }
    let keep = if file.is_open { "public, max-age=3600" } else { "private, no-store" };
    response
        .content_type(served_type(&file.media_type))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CACHE_CONTROL, keep))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CONTENT_DISPOSITION, disposition(file)));
    Ok(response.body(SizedStream::new(end.saturating_sub(start), bytes)))
}

/// Whether a browser may show a type in place: plain media, never a document.
fn is_shown(media_type: &str) -> bool {
    let is_media = ["image/", "video/", "audio/"].iter().any(|prefix| media_type.starts_with(prefix));
    is_media && !media_type.contains("svg") && !media_type.contains("xml")
}

/// The type a file is sent with: whatever is not plain media is just bytes.
fn served_type(media_type: &str) -> &str {
    if is_shown(media_type) { media_type } else { "application/octet-stream" }
}

fn disposition(file: &Served) -> String {
    let how = if is_shown(&file.media_type) { "inline" } else { "attachment" };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let name: String = file.file_name.chars().map(|c| if plain(c) { c } else { '_' }).take(100).collect();
    format!("{how}; filename=\"{name}\"")
}

/// How much of a file is asked for, in bytes; the end is not included.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    Part(u64, u64),
    Nothing,
}

/// Reads a `Range`; one that is not understood asks for the whole file.
fn range(asked: &str, length: u64) -> Wanted {
    let bounds = || {
        let (from, to) = asked.strip_prefix("bytes=")?.split_once('-')?;
        if from.is_empty() {
            return Some((length.saturating_sub(to.parse().ok()?), length));
        }
        let end = if to.is_empty() { length } else { to.parse::<u64>().ok()?.saturating_add(1) };
        Some((from.parse().ok()?, end.min(length)))
    };
    match bounds() {
        None => Wanted::Whole,
        Some((start, end)) if start < end => Wanted::Part(start, end),
        Some(_) => Wanted::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_browsers_write_them() {
        assert_eq!(range("bytes=0-3", 10), Wanted::Part(0, 4));
        assert_eq!(range("bytes=4-", 10), Wanted::Part(4, 10));
        assert_eq!(range("bytes=-2", 10), Wanted::Part(8, 10));
        assert_eq!(range("bytes=20-", 10), Wanted::Nothing);
        assert_eq!(range("bytes=0-1,3-4", 10), Wanted::Whole, "several ranges get the whole file");
    }

    #[test]
    fn a_document_is_never_shown_in_place() {
        for kind in ["text/html", "image/svg+xml", "application/xhtml+xml", "application/pdf"] {
            assert_eq!(served_type(kind), "application/octet-stream");
        }
        let file = Served {
            sha256: String::new(),
            media_type: "text/html".into(),
            file_name: "a\"\r\n.html".into(),
            is_open: true,
        };
        assert_eq!(disposition(&file), "attachment; filename=\"a___.html\"");
    }
}
