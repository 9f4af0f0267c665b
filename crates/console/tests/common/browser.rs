//! A browser without a screen: keeps cookies, fills in forms, follows nothing by itself.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use tower::ServiceExt as _;

use super::{NAME, PASSWORD, SETUP_TOKEN, World};

pub struct Browser<'a> {
    world: &'a World,
    cookies: BTreeMap<String, String>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The token in the page's forms.
    pub fn csrf(&self) -> String {
        let start =
            self.body.find("name=\"csrf\" value=\"").or_else(|| self.body.find("name=\"csrf\" content=\""));
        let rest = &self.body[start.expect("a token")..];
        rest.split('"').nth(3).unwrap().to_owned()
    }
}

impl<'a> Browser<'a> {
    pub fn new(world: &'a World) -> Self {
        Self { world, cookies: BTreeMap::new() }
    }

    /// With the first account made, and signed in.
    pub async fn signed_in(world: &'a World) -> Self {
        let mut browser = Self::new(world);
        let page = browser.get(&format!("/setup?token={SETUP_TOKEN}")).await;
        let csrf = page.csrf();
        let fields = [
            ("csrf", &*csrf),
            ("token", SETUP_TOKEN),
            ("name", NAME),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ];
        let answer = browser.post("/setup", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::builder().method(Method::GET).uri(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from(path, fields, "http://console.example").await
    }

    pub async fn post_from(&mut self, path: &str, fields: &[(&str, &str)], origin: &str) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("origin", origin)
            .body(Body::from(body));
        self.send(request.unwrap()).await
    }

    /// Signs in; the answer is the one to the form.
    pub async fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        let csrf = self.get("/sign-in").await.csrf();
        self.post("/sign-in", &[("csrf", &csrf), ("name", name), ("password", password), ("next", "/")]).await
    }

    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request.headers_mut().insert(COOKIE, cookies.join("; ").parse().unwrap());
        }
        request.headers_mut().entry(HOST).or_insert("console.example".parse().unwrap());
        let response = self.world.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        self.keep_cookies(&parts.headers);
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into() }
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for value in headers.get_all(SET_COOKIE) {
            let text = value.to_str().unwrap();
            let (name, rest) = text.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if text.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
    }
}
