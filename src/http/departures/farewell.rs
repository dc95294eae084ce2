//! A last post at Old home, drafted for whoever finds the old page or whose server knows nothing of moves.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use maud::html;
use serde::Deserialize;

use super::finish_page;
use crate::{
    app::App,
    http::{
        extract::SignedIn,
        problem::{Problem, ProblemKind},
        ui::{
            homes::{handle_of, leaving},
            layout::{self, Home},
        },
    },
    model::{belonging::Belonging, ending::Ending, object::Visibility},
    site::{
        SiteError,
        posts::{Draft, LONGEST},
        sessions::Session,
    },
    store::departures::{self, DepartureRow},
    wire::activity,
    words::{say, text},
};

/// The post as its author wants it.
#[derive(Deserialize)]
pub(super) struct FarewellForm {
    text: String,
    csrf: String,
}

/// Shows the draft.
pub(super) async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    signed: SignedIn,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let session = &signed.session;
    if session.account.username != *name {
        return Ok(finish_page::somebody_else(&app, session, &name, request.uri().path()));
    }
    let departure = announced(&app, session).await?;
    let handle = handle_of(&departure.target);
    let page = departure.target_page.as_deref().unwrap_or(&departure.target);
    let title = text!("departures-say-goodbye");
    let body = html! {
        h1 { (title) }
        (leaving(&app, &session.account.username, &departure.target))
        p { (say!("departures-farewell-what-for", here = app.config.domain())) }
        form.card method="post" action={ "/departures/" (session.account.username) "/farewell" } {
            (layout::csrf(session))
            label for="text" { (say!("departures-your-last-post-here")) }
            textarea #text name="text" rows="5" maxlength=(LONGEST) required {
                (text!("departures-farewell-draft", handle = handle, page = page))
            }
            p.actions {
                button.primary type="submit" { (say!("departures-post-and-pin-it")) }
                a.button href="/departures" { (say!("departures-not-now")) }
            }
        }
    };
    Ok(layout::page(&app, Some(session), Home::Old, &title, &body))
}

/// Posts it, pinned above everything else.
pub(super) async fn post(
    app: web::Data<App>,
    signed: SignedIn,
    name: web::Path<String>,
    form: web::Form<FarewellForm>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(Problem::page)?;
    let account = &signed.session.account;
    if account.username != *name {
        return Err(
            Problem::new(ProblemKind::NotYours, text!("departures-only-the-owner-says-goodbye")).page()
        );
    }
    announced(&app, &signed.session).await?;
    let told = |error: SiteError| Problem::from(error).page();
    let draft = Draft {
        text: form.into_inner().text,
        visibility: Visibility::Public,
        warning: String::new(),
        in_reply_to: None,
    };
    let object = app.site.write_post(account, draft).await.map_err(told)?;
    app.site.deliver(account, &activity::create(&object)).await.map_err(told)?;
    let pin = Belonging::Pin { object: object.id, position: 0 };
    app.site.keep_belonging(account, pin).await.map_err(told)?;
    let page = format!("/@{}", account.username);
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, page)).finish())
}

/// The departure it speaks of.
async fn announced(app: &App, session: &Session) -> Result<DepartureRow, Problem> {
    let found = departures::current(&app.store, session.account.id.as_str()).await?;
    found
        .filter(|row| {
            !session.is_guest
                && row.state == "announced"
                && row.ending().is_none_or(|ending| ending == Ending::Announce)
        })
        .ok_or_else(|| Problem::conflict(text!("departures-no-goodbye-yet")).page())
}
