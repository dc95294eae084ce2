//! Writing and deleting posts.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Form, Path},
};
use serde::Deserialize;
use url::Url;

use crate::words::text;
use crate::{
    app::App,
    http::{
        extract::{SignedIn, wants_activity},
        problem::Problem,
        ui,
    },
    model::object::Visibility,
    site::{
        edits::Edit,
        posts::{Draft, Found},
        viewer::Viewer,
    },
    wire,
};

/// What the form brings.
#[derive(Deserialize)]
pub(super) struct Written {
    text: String,
    #[serde(default)]
    visibility: String,
    #[serde(default)]
    warning: String,
    #[serde(default)]
    in_reply_to: String,
    csrf: String,
}

/// What the form of an edit brings.
#[derive(Deserialize)]
pub(super) struct Rewritten {
    text: String,
    #[serde(default)]
    warning: String,
    csrf: String,
}

/// A form that only carries its session's token.
#[derive(Deserialize)]
pub(super) struct Bare {
    csrf: String,
}

/// `POST /posts`.
pub(super) async fn post(
    request: HttpRequest,
    app: Data<App>,
    signed: SignedIn,
    form: Form<Written>,
) -> Result<HttpResponse, Problem> {
    let told = |problem: Problem| problem.for_request(&request);
    signed.check_form(&form.csrf).map_err(told)?;
    let form = form.into_inner();
    let in_reply_to = match form.in_reply_to.trim() {
        "" => None,
        text => {
            let parent = wire::lenient::web_url(text);
            Some(parent.ok_or_else(|| {
                told(Problem::bad_request(text!("problems-what-this-answers-is-not-a-web")))
            })?)
        }
    };
    let account = &signed.session.account;
    let visibility = Visibility::from_word(&form.visibility);
    let draft = Draft { text: form.text, visibility, warning: form.warning, in_reply_to };
    let object = app.site.write_post(account, draft).await.map_err(|error| told(Problem::from(error)))?;
    // Followers are no audience of a direct post.
    if visibility != Visibility::Direct {
        app.site.deliver(account, &wire::activity::create(&object)).await?;
    }
    let page = object.url.as_ref().unwrap_or(&object.id);
    if wants_activity(&request) {
        let answer = serde_json::json!({"id": object.id, "url": object.url});
        return Ok(HttpResponse::Created()
            .insert_header((header::LOCATION, object.id.as_str()))
            .json(answer));
    }
    Ok(go(page))
}

/// `GET /posts/{id}/edit`: the form, filled with what stands there.
pub(super) async fn edit_form(
    app: Data<App>,
    signed: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let account = &signed.session.account;
    let viewer = Viewer::Owner(account.id.clone());
    match app.site.find_post(account, &path, &viewer).await? {
        Found::Post(post) => Ok(ui::edit_form::page(&app, &signed.session, &post)),
        Found::Gone | Found::Nothing => Err(Problem::not_found().page()),
    }
}

/// `POST /posts/{id}/edit`.
pub(super) async fn edit(
    request: HttpRequest,
    app: Data<App>,
    signed: SignedIn,
    path: Path<String>,
    form: Form<Rewritten>,
) -> Result<HttpResponse, Problem> {
    let told = |problem: Problem| problem.for_request(&request);
    signed.check_form(&form.csrf).map_err(told)?;
    let form = form.into_inner();
    let account = &signed.session.account;
    let edit = Edit { text: form.text, warning: form.warning };
    let edited =
        app.site.edit_post(account, &path, edit).await.map_err(|error| told(Problem::from(error)))?;
    if let Some(update) = &edited.update {
        app.site.deliver(account, update).await?;
    }
    if wants_activity(&request) {
        let answer = serde_json::json!({"id": edited.object.id, "url": edited.object.url});
        return Ok(HttpResponse::Ok().json(answer));
    }
    Ok(go(edited.object.url.as_ref().unwrap_or(&edited.object.id)))
}

/// `POST /posts/{id}/delete`.
pub(super) async fn delete(
    request: HttpRequest,
    app: Data<App>,
    signed: SignedIn,
    path: Path<String>,
    form: Form<Bare>,
) -> Result<HttpResponse, Problem> {
    signed.check_form(&form.csrf).map_err(|problem| problem.for_request(&request))?;
    let account = &signed.session.account;
    let told = app.site.delete_post(account, &path).await;
    if let Some(activity) = told.map_err(|error| Problem::from(error).for_request(&request))? {
        app.site.deliver(account, &activity).await?;
    }
    Ok(go(&app.site.urls.profile(&account.username)))
}

/// Sends the browser to a page of ours, by path: the address it used stays the one it uses.
fn go(page: &Url) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, page.path())).finish()
}
