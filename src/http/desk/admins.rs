//! Who sits at the desk, and how one comes to sit here.

use actix_web::{HttpResponse, web};
use maud::html;

use super::admin::{Admin, desk_page};
use crate::{
    app::App,
    http::problem::Problem,
    store::accounts,
    words::{say, text},
};

/// `GET /desk/admins`.
pub(super) async fn show(app: web::Data<App>, admin: Admin) -> Result<HttpResponse, Problem> {
    let names = accounts::admins(&app.store).await?;
    let command = |words: &str| html! { code { (words) } };
    let body = html! {
        p { (say!("desk-admins-are")) }
        ul { @for name in &names { li { "@" (name) } } }
        h2 { (say!("desk-how-one-becomes-an-admin")) }
        p { (say!("desk-admins-by-command", give = command("godwit account admin NAME"),
            take = command("godwit account admin NAME --remove"))) }
        p { (say!("desk-first-sign-in")) }
        p { (say!("desk-without-a-browser", arrivals = command("godwit arrivals"),
            departures = command("godwit departures"), policy = command("godwit policy"),
            audit = command("godwit audit"))) }
    };
    Ok(desk_page(&app, admin.session(), &text!("desk-admins"), &body))
}
