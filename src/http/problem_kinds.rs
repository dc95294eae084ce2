//! Where the type of a problem leads: what its kind means and who can act.

use crate::words::say;
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, ServiceConfig, get},
};
use maud::html;
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use super::{
    extract::{MaybeSignedIn, wants_html},
    problem::{Problem, ProblemKind},
    ui::layout::{Home, page},
};
use crate::app::App;

/// The endpoint of this part.
#[derive(OpenApi)]
#[openapi(paths(show))]
pub struct ApiDoc;

/// The routes of this part.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.route("/godwit/problems/{kind}", get().to(show));
}

/// What a kind means.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindDocument {
    /// Its address on this server: the `type` of problem documents.
    #[serde(rename = "type")]
    #[schema(example = "/godwit/problems/not-found")]
    address: String,
    /// What it means.
    title: &'static str,
    /// The status it is answered with.
    status: u16,
    /// Who can do something about it, and what.
    who_acts: &'static str,
}

/// What a kind of problem means, as a page for browsers, else as JSON.
#[utoipa::path(
    get, path = "/godwit/problems/{kind}", tag = "problems",
    params(("kind" = String, Path, description = "the last part of a problem's type")),
    responses((status = 200, body = KindDocument))
)]
pub(super) async fn show(
    app: Data<App>,
    request: HttpRequest,
    session: MaybeSignedIn,
    word: Path<String>,
) -> Result<HttpResponse, Problem> {
    let kind = ProblemKind::from_word(&word).ok_or_else(|| Problem::not_found().for_request(&request))?;
    if wants_html(&request) {
        let session = session.0.map(|(session, _)| session);
        let body = html! {
            h1 { (kind.as_str()) }
            p { (kind.meaning()) }
            p { (say!("problems-who-can-act", who = kind.who_acts())) }
            p { (say!("problems-answered-with-the-status", status = kind.status().to_string())) }
        };
        return Ok(page(&app, session.as_ref(), Home::Plain, kind.as_str(), &body));
    }
    Ok(HttpResponse::Ok().insert_header(("Vary", "Accept")).json(KindDocument {
        address: kind.address(),
        title: kind.meaning(),
        status: kind.status(),
        who_acts: kind.who_acts(),
    }))
}

#[cfg(test)]
mod tests {
    use actix_web::{App as WebApp, test};

    use super::*;
    use crate::http::bench::Daemon;

    #[actix_web::test]
    async fn the_type_of_a_problem_leads_to_its_meaning() {
        let daemon = Daemon::new().await;
        let service =
            test::init_service(WebApp::new().app_data(daemon.app.clone()).configure(configure)).await;
        for kind in ProblemKind::ALL {
            let request = test::TestRequest::get().uri(&kind.address()).to_request();
            let answer: serde_json::Value = test::call_and_read_body_json(&service, request).await;
            assert_eq!(answer["title"], kind.meaning());
        }
        let browser = test::TestRequest::get()
            .uri(&ProblemKind::Policy.address())
            .insert_header(("Accept", "text/html"))
            .to_request();
        let page = test::call_and_read_body(&service, browser).await;
        assert!(String::from_utf8_lossy(&page).contains(ProblemKind::Policy.who_acts()));
        let unknown = test::TestRequest::get().uri("/godwit/problems/none").to_request();
        assert_eq!(test::call_service(&service, unknown).await.status(), 404);
    }
}
