//! The tree html5ever builds, kept flat and bounded.
//!
//! html5ever's work grows with the square of the nesting depth and of the attributes of one tag, so the text is fed
//! in small pieces and cut off when a bound is reached.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{Attribute, ParseOpts, QualName, parse_document};

use crate::bounds::{HTML_BYTES_MAX, HTML_DEPTH_MAX, HTML_EXTRA_NODES_MAX, HTML_NODES_MAX};

/// Index of a node; [`NONE`] for no node.
pub(super) type Id = u32;
pub(super) const NONE: Id = u32::MAX;
pub(super) const ROOT: Id = 0;

/// Bytes fed before the bounds are looked at again.
const PIECE_BYTES: usize = 1024;

#[derive(Debug)]
pub(super) struct Node {
    pub(super) parent: Id,
    pub(super) first_child: Id,
    last_child: Id,
    pub(super) next: Id,
    previous: Id,
    depth: u32,
    pub(super) data: Data,
}

#[derive(Debug)]
pub(super) enum Data {
    /// The document, comments, template contents: nothing to see.
    Nothing,
    Text(StrTendril),
    Element(Element),
}

#[derive(Debug)]
pub(super) struct Element {
    name: Rc<QualName>,
    attributes: Vec<Attribute>,
}

impl Element {
    /// Lower case, without a namespace.
    pub(super) fn name(&self) -> &str {
        &self.name.local
    }

    /// The attribute called `name`, entities decoded.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| &*attribute.name.local == name)
            .map(|attribute| &*attribute.value)
    }

    /// Whether any attribute handles an event (`onclick`).
    pub(super) fn handles_events(&self) -> bool {
        self.attributes
            .iter()
            .any(|attribute| attribute.name.local.len() > 2 && attribute.name.local.starts_with("on"))
    }
}

/// A page, read.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    /// The bound that ended the reading, if one did.
    pub(super) bounded: Option<&'static str>,
}

/// Builds the tree of `html` within what is left of `attribute_work`.
pub(super) fn build(html: &str, attribute_work: &mut u64) -> Tree {
    let options = ParseOpts {
        // Mail clients run no scripts, so what stands in noscript is shown.
        tree_builder: TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() },
        ..ParseOpts::default()
    };
    let mut parser = parse_document(Sink::new(), options);
    let (mut rest, cut) = cut_at(html, HTML_BYTES_MAX);
    let mut bounded = (!cut.is_empty()).then_some("HTML bytes");
    let mut silence = Silence::default();
    while !rest.is_empty() {
        let (piece, after) = cut_at(rest, PIECE_BYTES);
        rest = after;
        parser.tokenizer.sink.sink.fed.set(html.len() - rest.len());
        parser.process(StrTendril::from_slice(piece));
        let sink = &parser.tokenizer.sink.sink;
        bounded = sink
            .bounded
            .get()
            .or_else(|| silence.bounded(sink.calls.get(), piece, attribute_work))
            .or(bounded);
        if bounded.is_some() && bounded != Some("HTML bytes") {
            break;
        }
    }
    let nodes = parser.finish();
    Tree { nodes, bounded }
}

/// What an unended tag costs: the tokenizer compares each new attribute with all before it, and says nothing until
/// the tag ends.
#[derive(Default)]
struct Silence {
    calls: u64,
    attributes: u64,
}

impl Silence {
    fn bounded(&mut self, calls: u64, piece: &str, work: &mut u64) -> Option<&'static str> {
        if calls != self.calls {
            *self = Self { calls, attributes: 0 };
            return None;
        }
        let separates = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'/' | b'"' | b'\'');
        let before = self.attributes;
        self.attributes += piece.bytes().filter(separates).count() as u64;
        *work = work.saturating_sub((self.attributes * self.attributes - before * before) / 2);
        (*work == 0).then_some("HTML attributes")
    }
}

/// Cuts at `max` bytes or the character before.
fn cut_at(text: &str, max: usize) -> (&str, &str) {
    if text.len() <= max {
        return (text, "");
    }
    text.split_at(text.floor_char_boundary(max))
}

/// html5ever's handle: the node, and its name where it has one.
#[derive(Clone)]
struct Handle {
    id: Id,
    name: Option<Rc<QualName>>,
}

struct Sink {
    nodes: RefCell<Vec<Node>>,
    /// Bytes fed so far.
    fed: Cell<usize>,
    /// Calls that changed the tree.
    calls: Cell<u64>,
    bounded: Cell<Option<&'static str>>,
    /// What html5ever is told of nodes without a name; it never asks.
    no_name: QualName,
}

impl Sink {
    fn new() -> Self {
        let document = Node {
            parent: NONE,
            first_child: NONE,
            last_child: NONE,
            next: NONE,
            previous: NONE,
            depth: 0,
            data: Data::Nothing,
        };
        Self {
            nodes: RefCell::new(vec![document]),
            fed: Cell::new(0),
            calls: Cell::new(0),
            bounded: Cell::new(None),
            no_name: QualName::new(None, html5ever::ns!(), html5ever::local_name!("")),
        }
    }

    fn node(&self, data: Data) -> Id {
        self.calls.set(self.calls.get() + 1);
        let mut nodes = self.nodes.borrow_mut();
        if nodes.len() >= HTML_NODES_MAX || nodes.len() >= self.fed.get() + HTML_EXTRA_NODES_MAX {
            self.bounded.set(Some("HTML nodes"));
        }
        nodes.push(Node {
            parent: NONE,
            first_child: NONE,
            last_child: NONE,
            next: NONE,
            previous: NONE,
            depth: 0,
            data,
        });
        (nodes.len() - 1) as Id
    }

    fn unnamed(&self, data: Data) -> Handle {
        Handle { id: self.node(data), name: None }
    }

    /// Puts a node or text under `parent`, before `next` or last.
    fn insert(&self, parent: Id, next: Id, child: NodeOrText<Handle>) {
        let id = match child {
            NodeOrText::AppendNode(handle) => handle.id,
            NodeOrText::AppendText(text) => match self.merged(parent, next, text) {
                None => return,
                Some(text) => self.node(Data::Text(text)),
            },
        };
        let mut nodes = self.nodes.borrow_mut();
        unlink(&mut nodes, id);
        link(&mut nodes, parent, next, id);
        if nodes[id as usize].depth as usize > HTML_DEPTH_MAX {
            self.bounded.set(Some("HTML nesting"));
        }
    }

    /// Joins `text` to the text it would stand beside; returns it when there is none.
    fn merged(&self, parent: Id, next: Id, text: StrTendril) -> Option<StrTendril> {
        self.calls.set(self.calls.get() + 1);
        let mut nodes = self.nodes.borrow_mut();
        let beside =
            if next == NONE { nodes[parent as usize].last_child } else { nodes[next as usize].previous };
        if let Some(Node { data: Data::Text(before), .. }) = nodes.get_mut(beside as usize) {
            before.push_tendril(&text);
            return None;
        }
        Some(text)
    }
}

fn link(nodes: &mut [Node], parent: Id, next: Id, id: Id) {
    let previous = match next {
        NONE => std::mem::replace(&mut nodes[parent as usize].last_child, id),
        next => std::mem::replace(&mut nodes[next as usize].previous, id),
    };
    match previous {
        NONE => nodes[parent as usize].first_child = id,
        previous => nodes[previous as usize].next = id,
    }
    let depth = nodes[parent as usize].depth + 1;
    let node = &mut nodes[id as usize];
    (node.parent, node.previous, node.next, node.depth) = (parent, previous, next, depth);
}

fn unlink(nodes: &mut [Node], id: Id) {
    let Node { parent, next, previous, .. } = nodes[id as usize];
    if parent == NONE {
        return;
    }
    match previous {
        NONE => nodes[parent as usize].first_child = next,
        previous => nodes[previous as usize].next = next,
    }
    match next {
        NONE => nodes[parent as usize].last_child = previous,
        next => nodes[next as usize].previous = previous,
    }
    let node = &mut nodes[id as usize];
    (node.parent, node.next, node.previous) = (NONE, NONE, NONE);
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Vec<Node>;
    type ElemName<'a> = &'a QualName;

    fn finish(self) -> Vec<Node> {
        self.nodes.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Handle { id: ROOT, name: None }
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> &'a QualName {
        target.name.as_deref().unwrap_or(&self.no_name)
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Handle {
        let name = Rc::new(name);
        let id = self.node(Data::Element(Element { name: Rc::clone(&name), attributes }));
        Handle { id, name: Some(name) }
    }

    fn create_comment(&self, _: StrTendril) -> Handle {
        self.unnamed(Data::Nothing)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        self.unnamed(Data::Nothing)
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.insert(parent.id, NONE, child);
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        let has_parent = self.nodes.borrow()[element.id as usize].parent != NONE;
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Handle) -> Handle {
        // Nothing in a template is shown: its contents may as well hang from the template itself.
        Handle { id: target.id, name: None }
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.id == y.id
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        let parent = self.nodes.borrow()[sibling.id as usize].parent;
        if parent != NONE {
            self.insert(parent, sibling.id, child);
        }
    }

    fn add_attrs_if_missing(&self, target: &Handle, attributes: Vec<Attribute>) {
        let mut nodes = self.nodes.borrow_mut();
        let Data::Element(element) = &mut nodes[target.id as usize].data else { return };
        for attribute in attributes {
            if element.attribute(&attribute.name.local).is_none() {
                element.attributes.push(attribute);
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        unlink(&mut self.nodes.borrow_mut(), target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        let mut nodes = self.nodes.borrow_mut();
        while nodes[node.id as usize].first_child != NONE {
            let child = nodes[node.id as usize].first_child;
            unlink(&mut nodes, child);
            link(&mut nodes, new_parent.id, NONE, child);
        }
    }
}
