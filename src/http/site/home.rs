//! The signed-in person's own page.

use actix_web::{HttpResponse, web::Data};
use url::Url;

use crate::{
    app::App,
    http::{extract::SignedIn, problem::Problem, transfers, ui},
    model::moment::Moment,
    site::accounts::Account,
    store::notifications,
};

/// Posts in the timeline.
const POSTS: usize = 30;
/// Notifications on the page.
const NEWS: i64 = 30;

/// `GET /home`.
pub(super) async fn show(app: Data<App>, signed: SignedIn) -> Result<HttpResponse, Problem> {
    let account = &signed.session.account;
    let timeline = app.site.timeline(account, POSTS).await?;
    let news = notifications(&app, account).await?;
    let usual = app.site.settings(account).await?.audience();
    let copies = transfers::open_copies(&app, account).await?;
    let held = transfers::held_at_home(&signed.session);
    Ok(ui::home::page(&app, &signed.session, &timeline, &news, &copies, &held, usual))
}

/// What happened around an account, newest first.
async fn notifications(app: &App, account: &Account) -> Result<Vec<ui::home::News>, Problem> {
    let rows = notifications::of_account(&app.store, account.id.as_str(), NEWS).await?;
    let screen = app.site.screen(account).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(ui::home::News {
                actor: Url::parse(&row.actor).ok().filter(|actor| screen.hears(actor))?,
                subject: row.subject.and_then(|subject| Url::parse(&subject).ok()),
                at: Moment::from_micros(row.created_at),
                kind: row.kind,
            })
        })
        .collect())
}
