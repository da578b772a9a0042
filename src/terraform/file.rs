//! A Terraform file as a value. Where blank lines go and how things align is the printer's business.

use super::hcl::{Expression, Name};

/// One `.tf` file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// Stands at the top, a blank line before the rest.
    pub comment: Option<String>,
    /// What the file declares.
    pub body: Body,
}

/// What stands in a file or between the braces of a block, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// The items.
    pub items: Vec<Item>,
}

/// An attribute or a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// `name = value`
    Attribute(Attribute),
    /// `kind "label" { … }`
    Block(Block),
}

/// `name = value`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Stands on lines of its own before the attribute.
    pub comment: Option<String>,
    /// The name.
    pub name: Name,
    /// The value.
    pub value: Expression,
}

/// `kind "label" { … }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Stands on lines of its own before the block.
    pub comment: Option<String>,
    /// For example `resource`.
    pub kind: Name,
    /// For example the type and the name of a resource. Names, because `terraform fmt` deletes a label with an escape in it.
    pub labels: Vec<Name>,
    /// What stands between the braces.
    pub body: Body,
}

impl File {
    /// An empty file.
    pub fn new() -> File {
        File::default()
    }

    /// Says something at the top of the file. Line breaks begin new comment lines; nothing can end the comment.
    pub fn comment(mut self, text: impl Into<String>) -> File {
        self.comment = Some(text.into());
        self
    }

    /// Adds a block.
    pub fn block(mut self, block: Block) -> File {
        self.body.items.push(Item::Block(block));
        self
    }
}

impl Attribute {
    /// An attribute.
    pub fn new(name: impl Into<Name>, value: impl Into<Expression>) -> Attribute {
        Attribute { comment: None, name: name.into(), value: value.into() }
    }

    /// Says why, on lines before the attribute. Line breaks begin new comment lines; nothing can end the comment.
    pub fn comment(mut self, text: impl Into<String>) -> Attribute {
        self.comment = Some(text.into());
        self
    }
}

impl Block {
    /// An empty block.
    pub fn new(kind: impl Into<Name>, labels: impl IntoIterator<Item: Into<Name>>) -> Block {
        let labels = labels.into_iter().map(Into::into).collect();
        Block { comment: None, kind: kind.into(), labels, body: Body::default() }
    }

    /// An empty block without labels.
    pub fn bare(kind: impl Into<Name>) -> Block {
        Block::new(kind, [] as [Name; 0])
    }

    /// An empty resource of this type and name.
    pub fn resource(of: impl Into<Name>, name: impl Into<Name>) -> Block {
        Block::new("resource", [of.into(), name.into()])
    }

    /// Adds an attribute.
    pub fn attribute(self, name: impl Into<Name>, value: impl Into<Expression>) -> Block {
        self.with(Attribute::new(name, value))
    }

    /// Adds a block.
    pub fn block(self, block: Block) -> Block {
        self.with(block)
    }

    /// Adds a block or an attribute that was made before, for example one with a comment.
    pub fn with(mut self, item: impl Into<Item>) -> Block {
        self.body.items.push(item.into());
        self
    }

    /// Says why, on lines before the block. Line breaks begin new comment lines; nothing can end the comment.
    pub fn comment(mut self, text: impl Into<String>) -> Block {
        self.comment = Some(text.into());
        self
    }
}

impl From<Attribute> for Item {
    fn from(attribute: Attribute) -> Item {
        Item::Attribute(attribute)
    }
}

impl From<Block> for Item {
    fn from(block: Block) -> Item {
        Item::Block(block)
    }
}
