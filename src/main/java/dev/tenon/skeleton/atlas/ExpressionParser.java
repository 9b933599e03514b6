package dev.tenon.skeleton.atlas;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads an {@link Expression}; what is not one is an {@link IllegalArgumentException}. */
final class ExpressionParser {
  private static final int LONGEST = 4096;
  private static final int DEEPEST = 64;
  private static final Set<String> WORDS =
      Set.of("and", "or", "not", "in", "is", "if", "else", "None", "True", "False");
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:(\\d+\\.\\d*(?:[eE][+-]?\\d+)?|\\d+(?:[eE][+-]?\\d+)?)"
              + "|([A-Za-z_]\\w*(?:\\.[A-Za-z_]\\w*)*)"
              + "|'([^'\\\\]*)'|\"([^\"\\\\]*)\""
              + "|(\\*\\*|//|==|!=|<=|>=|[-+*/%<>()\\[\\],:]))");

  private enum Kind {
    NUMBER,
    NAME,
    TEXT,
    SIGN,
    END
  }

  private record Token(Kind kind, String text) {
    boolean is(String other) {
      return text.equals(other) && (kind == Kind.SIGN || kind == Kind.NAME);
    }
  }

  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int depth;

  private ExpressionParser(String text) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException("longer than " + LONGEST + " characters");
    }
    Matcher matcher = TOKEN.matcher(text);
    int end = 0;
    while (matcher.find() && matcher.start() == end) {
      end = matcher.end();
      if (matcher.group(1) != null) {
        tokens.add(new Token(Kind.NUMBER, matcher.group(1)));
      } else if (matcher.group(2) != null) {
        tokens.add(new Token(Kind.NAME, matcher.group(2)));
      } else if (matcher.group(5) != null) {
        tokens.add(new Token(Kind.SIGN, matcher.group(5)));
      } else {
        String word = matcher.group(3) != null ? matcher.group(3) : matcher.group(4);
        tokens.add(new Token(Kind.TEXT, word));
      }
    }
    if (!text.substring(end).isBlank()) {
      throw new IllegalArgumentException("unexpected character at " + end);
    }
    tokens.add(new Token(Kind.END, ""));
  }

  static Expression parse(String text) {
    ExpressionParser parser = new ExpressionParser(text);
    Expression expression = parser.choice();
    if (parser.peek().kind() != Kind.END) {
      throw new IllegalArgumentException("unexpected " + parser.peek().text());
    }
    return expression;
  }

  private Expression choice() {
    if (++depth > DEEPEST) {
      throw new IllegalArgumentException("nested too deeply");
    }
    Expression yes = either();
    if (take("if")) {
      Expression condition = either();
      need("else");
      yes = new Expression.Choice(condition, yes, choice());
    }
    depth--;
    return yes;
  }

  private Expression either() {
    Expression left = both();
    while (take("or")) {
      left = new Expression.Binary("or", left, both());
    }
    return left;
  }

  private Expression both() {
    Expression left = negation();
    while (take("and")) {
      left = new Expression.Binary("and", left, negation());
    }
    return left;
  }

  private Expression negation() {
    if (!take("not")) {
      return comparison();
    }
    if (++depth > DEEPEST) {
      throw new IllegalArgumentException("nested too deeply");
    }
    Expression operand = negation();
    depth--;
    return new Expression.Not(operand);
  }

  private Expression comparison() {
    Expression left = sum();
    String operator = peek().text();
    if (peek().kind() == Kind.SIGN && COMPARISONS.contains(operator)) {
      at++;
      return new Expression.Binary(operator, left, sum());
    } else if (take("is")) {
      return new Expression.Binary(take("not") ? "is not" : "is", left, sum());
    } else if (take("in")) {
      return new Expression.Binary("in", left, sum());
    } else if (take("not")) {
      need("in");
      return new Expression.Binary("not in", left, sum());
    }
    return left;
  }

  private Expression sum() {
    Expression left = product();
    while (peek().is("+") || peek().is("-")) {
      left = new Expression.Binary(tokens.get(at++).text(), left, product());
    }
    return left;
  }

  private Expression product() {
    Expression left = unary();
    while (peek().is("*") || peek().is("/") || peek().is("//") || peek().is("%")) {
      left = new Expression.Binary(tokens.get(at++).text(), left, unary());
    }
    return left;
  }

  private Expression unary() {
    if (!take("-")) {
      return power();
    }
    if (++depth > DEEPEST) {
      throw new IllegalArgumentException("nested too deeply");
    }
    Expression operand = unary();
    depth--;
    return new Expression.Binary("-", new Expression.Constant(0L), operand);
  }

  private Expression power() {
    Expression base = postfix();
    return take("**") ? new Expression.Binary("**", base, unary()) : base;
  }

  private Expression postfix() {
    Expression value = primary();
    while (take("[")) {
      Expression from = peek().is(":") ? null : choice();
      if (take(":")) {
        Expression to = peek().is("]") ? null : choice();
        value = new Expression.Slice(value, from, to);
      } else if (from != null) {
        value = new Expression.Item(value, from);
      }
      need("]");
    }
    return value;
  }

  private Expression primary() {
    Token token = tokens.get(at++);
    return switch (token.kind()) {
      case NUMBER -> new Expression.Constant(number(token.text()));
      case TEXT -> new Expression.Constant(token.text());
      case NAME -> name(token.text());
      case SIGN -> {
        if (token.is("(")) {
          Expression inner = choice();
          need(")");
          yield inner;
        } else if (token.is("[")) {
          yield new Expression.Listed(items("]"));
        }
        throw new IllegalArgumentException("unexpected " + token.text());
      }
      case END -> throw new IllegalArgumentException("something is missing at the end");
    };
  }

  private Expression name(String name) {
    switch (name) {
      case "None":
        return new Expression.Constant(null);
      case "True":
        return new Expression.Constant(true);
      case "False":
        return new Expression.Constant(false);
      default:
        break;
    }
    if (WORDS.contains(name)) {
      throw new IllegalArgumentException("unexpected " + name);
    } else if (!take("(")) {
      return new Expression.Field(name);
    } else if (name.equals("field") && peek().kind() == Kind.TEXT) {
      Expression field = new Expression.Field(tokens.get(at++).text());
      need(")");
      return field;
    } else if (!Functions.NAMES.contains(name)) {
      throw new IllegalArgumentException("unknown function " + name);
    }
    List<Expression> arguments = items(")");
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException("no argument of " + name);
    }
    return new Expression.Call(name, arguments);
  }

  private List<Expression> items(String end) {
    List<Expression> items = new ArrayList<>();
    while (!take(end)) {
      if (!items.isEmpty()) {
        need(",");
      }
      items.add(choice());
    }
    return List.copyOf(items);
  }

  private static Object number(String text) {
    if (text.matches("\\d+")) {
      return Long.parseLong(text);
    }
    return Double.parseDouble(text);
  }

  private Token peek() {
    return tokens.get(at);
  }

  private boolean take(String text) {
    if (peek().is(text)) {
      at++;
      return true;
    }
    return false;
  }

  private void need(String text) {
    if (!take(text)) {
      throw new IllegalArgumentException("expected " + text);
    }
  }
}
