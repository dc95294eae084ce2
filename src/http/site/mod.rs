//! What the built-in server publishes and shows.

use actix_web::{
    Route, guard,
    web::{self, ServiceConfig, get, post, resource},
};
use utoipa::OpenApi;

use super::redirects;

mod actors;
mod answer;
mod api;
mod collections;
mod home;
mod media;
mod objects;
mod profile;
mod public_lists;
pub(super) mod session;
mod sign_up;
mod static_files;
#[cfg(test)]
mod tests;
mod well_known;
mod write;

pub(super) use session::{refuse_foreign, session_cookie};

/// A route for reading: GET, and HEAD for those who only ask whether it is there.
fn read() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// The JSON endpoints of this part.
#[derive(OpenApi)]
#[openapi(paths(api::me, api::changes))]
pub struct ApiDoc;

/// Every address of this part, one line each.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(resource("/").route(read().to(public_lists::start)))
        .service(resource("/static/{file}").route(read().to(static_files::serve)))
        .service(resource("/.well-known/webfinger").route(read().to(well_known::webfinger)))
        .service(resource("/.well-known/nodeinfo").route(read().to(well_known::nodeinfo_links)))
        .service(resource("/nodeinfo/2.1").route(read().to(well_known::nodeinfo)))
        .service(resource("/godwit/moved/{address:.*}").route(read().to(redirects::beside)))
        .service(resource("/godwit/moved-files/{address:.*}").route(read().to(redirects::beside_files)))
        .service(resource("/godwit/actor").route(read().to(actors::host)))
        .service(resource("/godwit/actor/outbox").route(read().to(collections::host_outbox)))
        .service(resource("/users/{name}").route(read().to(actors::actor)))
        .service(resource("/ap/users/{id}").route(read().to(actors::numbered)))
        .service(resource("/users/{name}/outbox").route(read().to(collections::outbox)))
        .service(resource("/users/{name}/followers").route(read().to(collections::followers)))
        .service(resource("/users/{name}/following").route(read().to(collections::following)))
        .service(resource("/users/{name}/liked").route(read().to(collections::liked)))
        .service(resource("/users/{name}/bookmarks").route(read().to(collections::bookmarks)))
        .service(resource("/users/{name}/featured").route(read().to(collections::featured)))
        .service(resource("/users/{name}/topics").route(read().to(collections::topics)))
        .service(resource("/users/{name}/posts/{id}").route(read().to(objects::post)))
        .service(resource("/users/{name}/posts/{id}/activity").route(read().to(objects::activity)))
        .service(resource("/users/{name}/posts/{id}/replies").route(read().to(objects::replies)))
        .service(resource("/users/{name}/boosts/{id}").route(read().to(objects::boost)))
        .service(resource("/@{name}.rss").route(read().to(profile::feed)))
        .service(resource("/@{name}").route(read().to(profile::posts)))
        .service(resource("/@{name}/with_replies").route(read().to(profile::with_replies)))
        .service(resource("/@{name}/media").route(read().to(profile::media)))
        .service(resource("/@{name}/{id}").route(read().to(profile::post)))
        .service(resource("/tags/{tag}").route(read().to(public_lists::tag)))
        .service(resource("/search").route(read().to(public_lists::search)))
        .service(resource("/media/{id}/{file}").route(read().to(media::serve)))
        .service(resource("/sign-in").route(get().to(session::form)).route(post().to(session::sign_in)))
        .service(resource("/sign-up").route(get().to(sign_up::form)).route(post().to(sign_up::sign_up)))
        .service(resource("/sign-out").route(post().to(session::sign_out)))
        .service(resource("/home").route(get().to(home::show)))
        .service(resource("/posts").route(post().to(write::post)))
        .service(resource("/posts/{id}/edit").route(get().to(write::edit_form)).route(post().to(write::edit)))
        .service(resource("/posts/{id}/delete").route(post().to(write::delete)))
        .service(resource("/api/v1/me").route(get().to(api::me)))
        .service(resource("/api/v1/changes").route(get().to(api::changes)));
}
