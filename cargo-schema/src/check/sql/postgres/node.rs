//! A walk over squawk's tree by kinds of nodes, with places in the script.

use std::ops::Range;

use squawk_syntax::{SyntaxElement, SyntaxKind, SyntaxNode, SyntaxToken};

/// A node, and where the text that was parsed begins in its script.
#[derive(Clone, Debug)]
pub(super) struct Node {
    node: SyntaxNode,
    base: usize,
}

impl Node {
    pub(super) fn root(node: SyntaxNode, base: usize) -> Self {
        Self { node, base }
    }

    fn at(&self, node: SyntaxNode) -> Self {
        Self { node, base: self.base }
    }

    pub(super) fn syntax(&self) -> &SyntaxNode {
        &self.node
    }

    pub(super) fn kind(&self) -> SyntaxKind {
        self.node.kind()
    }

    /// Its bytes in the script, without white space at the ends.
    pub(super) fn span(&self) -> Range<usize> {
        let range: Range<usize> = self.node.text_range().into();
        let end = self.tokens().last().map_or(range.end, |last| last.text_range().end().into());
        self.base + range.start..self.base + end
    }

    /// The nodes directly below.
    pub(super) fn nodes(&self) -> impl Iterator<Item = Self> + '_ {
        self.node.children().map(|node| self.at(node))
    }

    /// All nodes below, in the order of the text.
    pub(super) fn below(&self) -> impl Iterator<Item = Self> + '_ {
        self.node.descendants().skip(1).map(|node| self.at(node))
    }

    /// The first node of a kind directly below.
    pub(super) fn child(&self, kind: SyntaxKind) -> Option<Self> {
        self.nodes().find(|node| node.kind() == kind)
    }

    /// The nodes of a kind directly below.
    pub(super) fn children(&self, kind: SyntaxKind) -> impl Iterator<Item = Self> + '_ {
        self.nodes().filter(move |node| node.kind() == kind)
    }

    /// The nodes of a kind anywhere below, or this one, in the order of the text.
    pub(super) fn all(&self, kind: SyntaxKind) -> impl Iterator<Item = Self> + '_ {
        self.node.descendants().filter(move |node| node.kind() == kind).map(|node| self.at(node))
    }

    /// The first node of a kind anywhere below.
    pub(super) fn find(&self, kind: SyntaxKind) -> Option<Self> {
        self.all(kind).next()
    }

    /// Whether a node or token of a kind is directly below.
    pub(super) fn has(&self, kind: SyntaxKind) -> bool {
        self.node.children_with_tokens().any(|element| element.kind() == kind)
    }

    /// Whether a node of a kind is anywhere below.
    pub(super) fn holds(&self, kind: SyntaxKind) -> bool {
        self.node.descendants_with_tokens().any(|element| element.kind() == kind)
    }

    /// All tokens below, without white space and comments.
    pub(super) fn tokens(&self) -> impl Iterator<Item = SyntaxToken> + '_ {
        self.node.descendants_with_tokens().filter_map(SyntaxElement::into_token).filter(|token| {
            !matches!(token.kind(), SyntaxKind::WHITESPACE | SyntaxKind::COMMENT | SyntaxKind::SEMICOLON)
        })
    }

    /// Its text in one line.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut end = None;
        for token in self.tokens() {
            if end.is_some_and(|end| end != token.text_range().start()) {
                text.push(' ');
            }
            text.push_str(token.text());
            end = Some(token.text_range().end());
        }
        text
    }

    /// Its tokens in lower case, with a space between any two.
    pub(super) fn words(&self) -> String {
        let words: Vec<String> = self.tokens().map(|token| token.text().to_lowercase()).collect();
        words.join(" ")
    }

    /// Its first words in lower case, as far as they are keywords.
    pub(super) fn first_words(&self) -> String {
        let is_word = |token: &SyntaxToken| token.text().bytes().all(|byte| byte.is_ascii_alphabetic());
        let words: Vec<String> =
            self.tokens().take_while(is_word).take(3).map(|token| token.text().to_lowercase()).collect();
        words.join(" ")
    }
}
