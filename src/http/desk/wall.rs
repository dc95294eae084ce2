//! The sample wall: public posts of an applicant, drawn by chance or by words. Pictures stay closed until asked for.

use actix_web::{HttpResponse, http::header, web};
use futures::StreamExt;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::{
    admin::Admin,
    request_page::found,
    search::{self, Searched},
};
use crate::{
    app::App,
    http::problem::{Problem, ProblemKind},
    model::{
        media::{MediaFile, MediaRole},
        transfer::{Transfer, TransferState},
    },
    store::transfers,
    transfer::access,
    words::{say, text},
};

/// Posts on the wall at a time.
const SHOWN: usize = 12;
/// Longest picture that is shown, in bytes.
const PICTURE_BYTES: usize = 8 << 20;

/// How the wall is drawn.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Query {
    /// Words one of which a post must hold.
    #[serde(default)]
    pub(super) words: String,
    /// Where a search goes on.
    #[serde(default)]
    pub(super) from: String,
    /// Another draw.
    #[serde(default)]
    pub(super) draw: u32,
    /// Whether pictures are opened.
    #[serde(default)]
    pub(super) open: Option<String>,
}

fn text_of<'a>(post: &'a Value, field: &str) -> &'a str {
    post.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn posts(survey: &Value) -> &[Value] {
    survey.get("wall").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// A number that stands still for the same post and draw.
fn lot(post: &Value, draw: u32) -> u64 {
    let seed = 0xcbf2_9ce4_8422_2325_u64 ^ u64::from(draw);
    text_of(post, "key")
        .bytes()
        .fold(seed, |lot, byte| (lot ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The wall: posts drawn by chance, or those that were found by words.
pub(super) fn wall(transfer: &Transfer, survey: &Value, query: &Query, found: Option<&Searched>) -> Markup {
    let all = posts(survey);
    let mut drawn: Vec<(usize, &Value)> = all.iter().enumerate().collect();
    drawn.sort_by_key(|(_, post)| lot(post, query.draw));
    let is_open = query.open.is_some() && transfer.state == TransferState::AwaitingApproval;
    html! {
        @if !all.is_empty() {
            h2 #wall { (say!("desk-wall")) }
            p.hint {
                @if text_of(survey, "wall_is") == "drawn" { (say!("desk-wall-is-drawn-from-all", n = all.len())) }
                @else { (say!("desk-wall-is-drawn-from", n = all.len())) }
            }
            form.card method="get" action="#wall" {
                label for="words" { (say!("desk-words")) }
                input #words name="words" type="text" value=(query.words) autocomplete="off";
                label { input type="checkbox" name="open" value="yes" checked[is_open];
                    span { (say!("desk-open-pictures")) } }
                input type="hidden" name="draw" value=(query.draw.wrapping_add(1));
                p.actions { button type="submit" { (say!("desk-draw-again")) } }
            }
            @if let Some(found) = found {
                (search::said(query, found))
                @for post in found.posts() {
                    // A picture is opened by its place in the sample; what is not in it stays closed.
                    @let place = all.iter().position(|drawn| text_of(drawn, "key") == text_of(post, "key"));
                    (card(transfer, place.unwrap_or_default(), post, is_open && place.is_some()))
                }
            } @else {
                @for (number, post) in drawn.into_iter().take(SHOWN) { (card(transfer, number, post, is_open)) }
            }
        }
    }
}

/// Every post the wall may show, with its files closed: what an applicant is told of it.
pub(in crate::http) fn drawn_from(transfer: &Transfer, survey: &Value) -> Markup {
    html! { @for (number, post) in posts(survey).iter().enumerate() { (card(transfer, number, post, false)) } }
}

fn card(transfer: &Transfer, number: usize, post: &Value, is_open: bool) -> Markup {
    let files = post.get("files").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    html! {
        article.post.card {
            p.hint { (text_of(post, "day")) }
            p { (text_of(post, "text")) }
            @for (at, file) in files.iter().enumerate() {
                @let (alt, kind) = (text_of(file, "alt"), text_of(file, "type"));
                @if is_open && kind.starts_with("image/") {
                    img src={ "/desk/arrivals/" (transfer.id) "/picture/" (number) "/" (at) } alt=(alt) loading="lazy";
                } @else {
                    p.note { (say!("desk-closed-file", kind = kind)) " " @if !alt.is_empty() { q { (alt) } } }
                }
            }
        }
    }
}

/// `GET /desk/arrivals/{id}/picture/{post}/{file}`: read from Old home at this moment and kept by nobody.
pub(super) async fn picture(
    app: web::Data<App>,
    _admin: Admin,
    path: web::Path<(String, usize, usize)>,
) -> Result<HttpResponse, Problem> {
    let (id, post, file) = path.into_inner();
    let (transfer, _) = found(&app, &id).await?;
    if transfer.state != TransferState::AwaitingApproval {
        return Err(Problem::not_found());
    }
    let survey = transfers::survey(&app.store, &transfer.id).await?.unwrap_or_default();
    let found = posts(&survey).get(post).and_then(|post| post.get("files")?.get(file));
    let found = found.ok_or_else(Problem::not_found)?;
    let wanted = MediaFile {
        url: text_of(found, "url").to_owned(),
        fetch_url: None,
        role: MediaRole::Attachment,
        media_type: text_of(found, "type").to_owned(),
        bytes: None,
        sha256: None,
    };
    let source = access::open_source(&app.engine, &transfer).await?;
    let mut stream = source.media(&wanted).await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(
            &chunk.map_err(|error| Problem::new(ProblemKind::OtherSide, error.to_string()))?,
        );
        if bytes.len() > PICTURE_BYTES {
            return Err(Problem::new(ProblemKind::TooLarge, text!("desk-picture-is-too-large")));
        }
    }
    // What the bytes are, not what somebody says they are; and nothing that runs.
    let kind = infer::get(&bytes).map(|kind| kind.mime_type()).filter(|kind| {
        matches!(*kind, "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/avif")
    });
    let kind = kind.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .body(bytes))
}
