import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON, because Java's standard library does not. In a program of yours use Jackson or Gson instead. */
final class Json {
    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** A Map, List, String, Long, Boolean or null. */
    static Object parse(String text) {
        var json = new Json(text);
        Object value = json.value();
        if (json.next() != '\0') throw json.unexpected();
        return value;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    private Object value() {
        switch (next()) {
            case '{':
                return readObject();
            case '[':
                return readList();
            case '"':
                return readString();
            default:
                int start = at;
                while (at < text.length() && "+-.".indexOf(text.charAt(at)) >= 0
                        || at < text.length() && Character.isLetterOrDigit(text.charAt(at))) at++;
                String word = text.substring(start, at);
                return switch (word) {
                    case "true" -> true;
                    case "false" -> false;
                    case "null" -> null;
                    default -> Long.valueOf(word);
                };
        }
    }

    private Map<String, Object> readObject() {
        var members = new LinkedHashMap<String, Object>();
        for (at++; next() != '}'; skip(',')) {
            String name = readString();
            if (next() != ':') throw unexpected();
            at++;
            members.put(name, value());
        }
        at++;
        return members;
    }

    private List<Object> readList() {
        var items = new ArrayList<>();
        for (at++; next() != ']'; skip(',')) items.add(value());
        at++;
        return items;
    }

    private String readString() {
        if (next() != '"') throw unexpected();
        var string = new StringBuilder();
        for (at++; text.charAt(at) != '"'; at++) {
            if (text.charAt(at) != '\\') {
                string.append(text.charAt(at));
                continue;
            }
            char escaped = text.charAt(++at);
            switch (escaped) {
                case 'b' -> string.append('\b');
                case 'f' -> string.append('\f');
                case 'n' -> string.append('\n');
                case 'r' -> string.append('\r');
                case 't' -> string.append('\t');
                case 'u' -> {
                    string.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
                    at += 4;
                }
                default -> string.append(escaped);
            }
        }
        at++;
        return string.toString();
    }

    private void skip(char separator) {
        if (next() == separator) at++;
    }

    private char next() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private IllegalArgumentException unexpected() {
        return new IllegalArgumentException("this is no JSON at character " + at);
    }
}
