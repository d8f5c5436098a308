// Tells how the tools that people wait with read an object: kstatus (Flux, kapply, Helm 4) and an Argo CD health check.
//
//	status health.lua < objects.json
//
// reads a JSON array of objects and writes a JSON array of {"kstatus", "health", "message"}. The Lua interpreter is the
// one that Argo CD has.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

type verdict struct {
	Kstatus string `json:"kstatus"`
	Health  string `json:"health"`
	Message string `json:"message"`
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(script string) error {
	check, err := os.ReadFile(script)
	if err != nil {
		return err
	}
	var objects []map[string]any
	if err := json.NewDecoder(os.Stdin).Decode(&objects); err != nil {
		return err
	}
	verdicts := []verdict{}
	for _, object := range objects {
		one, err := judge(object, string(check))
		if err != nil {
			return err
		}
		verdicts = append(verdicts, one)
	}
	return json.NewEncoder(os.Stdout).Encode(verdicts)
}

func judge(object map[string]any, check string) (verdict, error) {
	content, err := json.Marshal(object)
	if err != nil {
		return verdict{}, err
	}
	parsed := &unstructured.Unstructured{}
	if err := parsed.UnmarshalJSON(content); err != nil {
		return verdict{}, err
	}
	result, err := status.Compute(parsed)
	if err != nil {
		return verdict{}, err
	}
	health, message, err := healthOf(object, check)
	return verdict{Kstatus: string(result.Status), Health: health, Message: message}, err
}

// As Argo CD calls it: the object is the global `obj`, no library but the harmless ones, the result a table.
func healthOf(object map[string]any, check string) (health, message string, err error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for name, open := range map[string]lua.LGFunction{lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable, lua.StringLibName: lua.OpenString} {
		state.Push(state.NewFunction(open))
		state.Push(lua.LString(name))
		state.Call(1, 0)
	}
	state.SetGlobal("obj", toLua(state, object))
	if err := state.DoString(check); err != nil {
		return "", "", err
	}
	table, ok := state.Get(-1).(*lua.LTable)
	if !ok {
		return "", "", fmt.Errorf("the health check returned no table")
	}
	return table.RawGetString("status").String(), table.RawGetString("message").String(), nil
}

func toLua(state *lua.LState, value any) lua.LValue {
	switch typed := value.(type) {
	case map[string]any:
		table := state.NewTable()
		for key, item := range typed {
			table.RawSetString(key, toLua(state, item))
		}
		return table
	case []any:
		table := state.NewTable()
		for _, item := range typed {
			table.Append(toLua(state, item))
		}
		return table
	case string:
		return lua.LString(typed)
	case float64:
		return lua.LNumber(typed)
	case bool:
		return lua.LBool(typed)
	default:
		return lua.LNil
	}
}
