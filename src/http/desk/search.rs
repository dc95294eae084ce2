//! Looking for words in everything an applicant has written for everybody, not only in the sample.

use actix_web::{HttpResponse, web};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{admin::Admin, request_page::found, wall};
use crate::{
    app::App,
    http::{problem::Problem, ui::words::sentence},
    model::{
        collection::Cursor,
        transfer::{Transfer, TransferState},
    },
    transfer::{
        TransferError,
        search::{self, Bounds, Found},
        trouble,
    },
    words::{say, text},
};

/// What came of a search.
pub(super) enum Searched {
    /// What was found.
    Found(Found),
    /// Why nothing was looked through.
    Not(String),
}

impl Searched {
    /// The posts that were found.
    pub(super) fn posts(&self) -> &[Value] {
        match self {
            Self::Found(found) => &found.posts,
            Self::Not(_) => &[],
        }
    }
}

/// Searches, where words were typed.
pub(super) async fn searched(
    app: &App,
    transfer: &Transfer,
    query: &wall::Query,
) -> Result<Option<Searched>, Problem> {
    let words = search::words(&query.words);
    if words.is_empty() {
        return Ok(None);
    }
    let found = search::search(&app.engine, transfer, &words, from(&query.from), Bounds::of(transfer)).await;
    Ok(Some(match found {
        Ok(found) => Searched::Found(found),
        Err(TransferError::Refused(why)) => Searched::Not(why),
        Err(TransferError::Adapter(error)) => {
            tracing::info!(transfer.id = %transfer.id, %error, "posts cannot be looked through");
            Searched::Not(sentence(&trouble::cause(&error, &text!("transfers-old-home"))))
        }
        Err(error) => return Err(Problem::from(error).page()),
    }))
}

fn from(text: &str) -> Option<Cursor> {
    (!text.is_empty()).then(|| Cursor(text.to_owned()))
}

/// How much was looked through, and the way on.
pub(super) fn said(query: &wall::Query, searched: &Searched) -> Markup {
    let found = match searched {
        Searched::Found(found) => found,
        Searched::Not(why) => return html! { p.warning role="alert" { (why) } },
    };
    html! {
        p role="status" {
            (say!("desk-searched", looked = found.looked, n = found.posts.len())) " "
            @if found.is_broken_off { (say!("desk-search-broke-off")) }
            @else if found.next.is_some() { (say!("desk-searched-in-part")) }
            @else { (say!("desk-searched-to-the-end")) }
        }
        @if query.open.is_some() && !found.posts.is_empty() { p.hint { (say!("desk-pictures-of-what-was-found")) } }
        @if let Some(Cursor(next)) = &found.next {
            form method="get" action="#wall" {
                input type="hidden" name="words" value=(query.words);
                input type="hidden" name="from" value=(next);
                input type="hidden" name="draw" value=(query.draw);
                @if query.open.is_some() { input type="hidden" name="open" value="yes"; }
                p.actions { button type="submit" { (say!("desk-look-further")) } }
            }
        }
    }
}

/// What to look for, and from where on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Words, one of which a post must hold.
    words: String,
    /// `next` of the answer before.
    #[serde(default)]
    from: String,
}

/// Public posts of an applicant that hold one of the words.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FoundPosts {
    /// Day, text around the word, and files with their type and what is said of them.
    #[schema(value_type = Vec<Object>)]
    posts: Vec<Value>,
    /// How many public posts were looked through for this answer.
    looked: u64,
    /// Where the list goes on; absent when everything was looked through.
    next: Option<String>,
    /// Whether Old home stopped answering on the way.
    is_broken_off: bool,
}

/// Looks for words in what an applicant has written for everybody.
#[utoipa::path(
    get, path = "/api/v1/desk/arrivals/{id}/posts", tag = "desk", security(("session" = [])),
    params(("id" = String, Path), Wanted),
    responses((status = 200, body = FoundPosts))
)]
pub(super) async fn by_program(
    app: web::Data<App>,
    _admin: Admin,
    id: web::Path<String>,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, Problem> {
    let (transfer, _) = found(&app, &id).await?;
    if transfer.state != TransferState::AwaitingApproval {
        return Err(Problem::not_found());
    }
    let words = search::words(&wanted.words);
    let bounds = Bounds::of(&transfer);
    let found = search::search(&app.engine, &transfer, &words, from(&wanted.from), bounds).await?;
    Ok(HttpResponse::Ok().json(FoundPosts {
        posts: found.posts,
        looked: found.looked,
        next: found.next.map(|Cursor(next)| next),
        is_broken_off: found.is_broken_off,
    }))
}
